// Real checkpoints here beside what reference.py wrote of them: token ids, states, logits and zero-shot answers; see README.md.
// node scripts/real-checkpoints/compare.mjs MODELS GLUE REFERENCES [--answers ROWS] [NAME ...]   (after pnpm build)
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { built } from "./built.mjs";
import { compareAnswers } from "./compare-answers.mjs";
import { compareStates } from "./compare-states.mjs";

const { loadBackbone } = await built("core/backbone");
const { default: cpu } = await built("devices/cpu");
const { findTask, glueReader } = await built("tasks/glue");
const { loadTask } = await built("tasks/task");
const { prepareTexts } = await built("training/trainer");

/** Largest difference of states and logits that is right, relative to the largest value. */
const tolerance = 1e-3;

const { families, positionals, answers } = await chosen();
const [models, glue, references, ...names] = positionals;
const device = await cpu.open({});
const failures = [];
for (const name of names.length > 0 ? names : ["flan-t5-small", "minilm-l6", "bert-base-uncased", "smollm2-135m"])
  await compare(name);
await device.close();
for (const failure of failures) console.error(`differs: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function chosen() {
  const { positionals: given, values } = parseArgs({
    allowPositionals: true,
    options: { answers: { type: "string" } },
  });
  const rows = values.answers === undefined ? Number.POSITIVE_INFINITY : Number(values.answers);
  if (given.length < 3 || !(rows >= 0)) {
    console.error(
      "compare: expected MODELS GLUE REFERENCES [--answers ROWS] [NAME ...]; see scripts/real-checkpoints/README.md",
    );
    process.exit(2);
  }
  const found = await Promise.all(["t5", "bert", "llama"].map((family) => built(`families/${family}`)));
  return { families: found.map((module) => module.default), positionals: given, answers: rows };
}

async function compare(name) {
  const [directory, reference] = [join(models, name), join(references, name)];
  for (const file of [join(directory, "config.json"), join(reference, "tokens.json")])
    if (!existsSync(file)) {
      console.error(`compare: expected ${file}; README.md says where it comes from`);
      process.exit(2);
    }
  const tokens = read(reference, "tokens.json");
  const digest = await sha256(join(directory, "model.safetensors"));
  if (digest !== tokens.weightsSha256) {
    console.error(
      `compare: ${name}: expected weights with sha256 ${tokens.weightsSha256}, got ${digest}; run reference.py again`,
    );
    process.exit(2);
  }
  const { model_type: type } = read(directory, "config.json");
  const family = families.find(({ modelTypes }) => modelTypes.includes(type));
  const loaded = await loadBackbone(directory, family, { seed: 0 });
  const rows = await compareTokens(name, loaded, tokens);
  const states = read(reference, "states.json");
  const stateRows = states.rows.map((row) => ({ ...row, ...rows.get(keyOf(row)) }));
  for (const [what, { difference, values }] of compareStates(loaded.model, stateRows, reference)) {
    show(
      name,
      what,
      `${values.toLocaleString("en-US")} values`,
      `largest relative difference ${difference.toExponential(1)}`,
    );
    if (!(difference <= tolerance)) failures.push(`${name}: ${what}: ${difference} > ${tolerance}`);
  }
  if (answers > 0 && existsSync(join(reference, "zero-shot.json")))
    for await (const found of compareAnswers(loaded, read(reference, "zero-shot.json"), glue, answers)) {
      const { task, scoring, rows: answered, accuracy, theirAccuracy, largest, different } = found;
      const how = largest === null ? "" : `, scores differ by at most ${largest.toExponential(1)} nats`;
      const scores = `accuracy ${(100 * accuracy).toFixed(2)} and ${(100 * theirAccuracy).toFixed(2)}`;
      show(name, `${task} by ${scoring}`, `${answered} rows`, `${different.length} other choices, ${scores}${how}`);
      for (const { index, ours, theirs, lead, isTie } of different) {
        console.log(
          `  row ${index}: ${ours} here, ${theirs} in transformers, where it leads by ${lead.toExponential(2)}`,
        );
        if (!isTie) failures.push(`${name}: ${task} by ${scoring}: row ${index}`);
      }
    }
  loaded.model.dispose();
}

/** Token ids of every row of the reference, as training reads them; by row, what the model reads. */
async function compareTokens(name, { model, tokenizer }, { rows, truncatedTo }) {
  const isEncoder = model.kind === "encoder";
  const format = { encoder: "segments", decoder: "lm-eval" }[model.kind] ?? "t5";
  const encoding = {
    kind: model.kind,
    tokenizer,
    format,
    scoring: isEncoder ? "head" : "likelihood",
    maxTargetLength: 16,
  };
  const examples = new Map();
  for (const task of new Set(rows.map((row) => row.task))) {
    const { evaluations } = await loadTask(await glueReader(glue, findTask(task)), { limit: 1 });
    examples.set(task, new Map(evaluations[0].examples.map((example) => [example.index, example])));
  }
  const encode = ({ task, index }, maxLength) =>
    prepareTexts(findTask(task), [examples.get(task).get(index)], { ...encoding, maxLength }).examples[0];
  let different = 0;
  const found = new Map();
  for (const row of rows) {
    const whole = encode(row, 4096);
    let same = equal(whole.source, row.ids);
    if (isEncoder) {
      const cut = encode(row, truncatedTo);
      same &&= equal(whole.segments, row.typeIds);
      same &&= equal(cut.source, row.truncated) && equal(cut.segments, row.truncatedTypeIds);
    }
    if (!same) different++;
    found.set(keyOf(row), { source: row.ids, ...(isEncoder && { segments: row.typeIds }) });
  }
  show(name, "token ids", `${rows.length} rows`, `${different} differ`);
  if (different > 0) failures.push(`${name}: token ids of ${different} rows`);
  return found;
}

function show(name, what, size, result) {
  console.log([name.padEnd(17), what.padEnd(20), size.padStart(20), ` ${result}`].join("  "));
}

function keyOf({ task, index }) {
  return `${task} ${index}`;
}

function equal(ours, theirs) {
  return ours.length === theirs.length && ours.every((value, index) => value === theirs[index]);
}

function read(directory, file) {
  return JSON.parse(readFileSync(join(directory, file), "utf8"));
}

async function sha256(file) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
