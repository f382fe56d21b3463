// States and logits of real rows beside those of transformers, which states.safetensors holds row after row without padding.
import { join } from "node:path";
import { built } from "./built.mjs";

const { Pass } = await built("core/backbone");
const { readSafetensors } = await built("core/checkpoint");
const { seededRandom, tf } = await built("core/tensor");

const batch = 5;

/** [what, {difference, values}] of each stored tensor: the largest difference over the largest value. */
export function compareStates(model, rows, directory) {
  const stored = readSafetensors(join(directory, "states.safetensors"));
  const differences = new Map();
  const expected = new Map();
  const compare = (name, begin, ours) => {
    if (!expected.has(name)) expected.set(name, stored.read(name));
    const width = stored.info(name).shape[1];
    const theirs = expected.get(name).subarray(begin * width, begin * width + ours.length);
    if (theirs.length !== ours.length) throw new Error(`${name}: expected ${theirs.length} values, got ${ours.length}`);
    const found = differences.get(name) ?? { largest: 0, values: 0 };
    found.values += ours.length;
    for (const [at, value] of ours.entries()) {
      const difference = Math.abs(value - theirs[at]);
      if (!(difference <= found.largest)) found.largest = difference; // NaN is kept
    }
    differences.set(name, found);
  };
  const read = { encoder, decoder }[model.kind] ?? encoderDecoder;
  const at = { tokens: 0, answers: 0, rows: 0 };
  const hasHead = stored.names().includes("classifier.weight");
  const prepared = hasHead ? withStoredHead(model, stored) : model;
  for (let begin = 0; begin < rows.length; begin += batch) {
    const some = rows.slice(begin, begin + batch);
    tf.tidy(() => read(prepared, some, at, compare));
    at.rows += some.length;
    at.tokens += total(some.map(({ source }) => source));
    at.answers += total(some.map(({ answer = [] }) => answer));
  }
  if (prepared !== model) tf.dispose(prepared.head.map((name) => prepared.param(name)));
  const result = [...differences].map(([name, { largest, values }]) => {
    const scale = expected.get(name).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return [name, { difference: largest / scale, values }];
  });
  stored.close();
  return result;
}

/** The head that nobody trained, whose weights the reference of an encoder with a pooler holds; transformers' had no bias, and ours is zero. */
function withStoredHead(model, stored) {
  const name = "classifier.weight";
  const [outputs, width] = stored.info(name).shape;
  const headed = model.withHead({ kind: "classes", outputs }, seededRandom(0));
  headed.param(name).assign(tf.tensor(stored.read(name), [outputs, width]));
  return headed;
}

/** Without a pre-trained pooler there is no head to compare, and the states alone are. */
function encoder(model, rows, at, compare) {
  const hasHead = model.headTask !== null;
  const { pass, forward } = passOf(model, [model.lastBlock, ...(hasHead ? ["pooler"] : [])]);
  const last = forward(rows.map(({ source, segments }) => ({ source, segments, answer: [] })));
  const lengths = rows.map(({ source }) => source.length);
  compare("lastHidden", at.tokens, realTokens(pass.recorded.get(model.lastBlock).hidden, lengths));
  if (hasHead) {
    const logits = model.readout(last, pass);
    compare("pooled", at.rows, tf.tanh(pass.recorded.get("pooler").hidden).dataSync());
    compare("logits", at.rows, logits.dataSync());
  }
  pass.dispose();
}

function decoder(model, rows, at, compare) {
  const { pass, run } = passOf(model, ["decoder.norm"]);
  const logits = run(rows.map(({ source }) => ({ source: source.slice(0, 1), answer: source.slice(1) }))); // all are read out
  const lengths = rows.map(({ source }) => source.length);
  compare("lastHidden", at.tokens, realTokens(pass.recorded.get("decoder.norm").hidden, lengths));
  for (const [row, length] of lengths.entries())
    compare("logits", at.rows + row, tf.slice(logits, [row, length - 1, 0], [1, 1, -1]).dataSync());
  pass.dispose();
}

function encoderDecoder(model, rows, at, compare) {
  const { pass, run } = passOf(model, ["encoder.norm", "decoder.norm"]);
  const logits = run(rows.map(({ source, answer }) => ({ source, answer: answer.slice(0, -1) })));
  const [sources, answers] = [rows.map(({ source }) => source.length), rows.map(({ answer }) => answer.length)];
  compare("lastHidden", at.tokens, realTokens(pass.recorded.get("encoder.norm").hidden, sources));
  compare("decoderLastHidden", at.answers, realTokens(pass.recorded.get("decoder.norm").hidden, answers));
  compare("logits", at.answers, realTokens(logits, answers));
  pass.dispose();
}

function passOf(model, reads) {
  const intervention = { hooks: new Map(), unfrozen: [], reads, onlyRead: false };
  const pass = new Pass(model, intervention, { params: {}, training: false, random: seededRandom(0) }, 0);
  const forward = (rows) => model.forward(model.pad(rows), pass);
  return { pass, forward, run: (rows) => model.readout(forward(rows), pass) };
}

/** (rows, tokens, width) -> values of the first `lengths[row]` tokens of each row, one row after the other. */
function realTokens(states, lengths) {
  const parts = lengths.map((length, row) => tf.slice(states, [row, 0, 0], [1, length, -1]));
  return tf.concat(parts, 1).dataSync();
}

function total(lists) {
  return lists.reduce((sum, { length }) => sum + length, 0);
}
