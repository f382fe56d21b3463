import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BackboneModel,
  type Family,
  type Inputs,
  lengthsOf,
  loadWeights,
  Pass,
  type Row,
  type RowLengths,
  saveCheckpoint,
} from "@petl/backbone";
import { readConfig } from "@petl/checkpoint";
import type { Activation, ReadAt } from "@petl/spec";
import { linear, type Tensor, tf, tidy } from "@petl/tensor";
import { trainingRow } from "@petl/trainer";
import { random } from "./exercise.js";
import { testExamples } from "./stage.js";

const context = { params: {}, training: false, random };

const rowsOf = (backbone: BackboneModel): Row[] => testExamples(backbone).map(trainingRow);

const unwatched = (backbone: BackboneModel): Pass =>
  new Pass(backbone, { hooks: new Map(), unfrozen: [], reads: [] }, context, 0);

/** Makes tensors of rows for as long as `use` needs them. */
async function withInputs<Result>(
  backbone: BackboneModel,
  rows: readonly Row[],
  use: (inputs: Inputs) => Result | Promise<Result>,
): Promise<Result> {
  const inputs = backbone.pad(rows);
  try {
    return await use(inputs);
  } finally {
    tf.dispose(Object.values(inputs.tensors));
  }
}

/**
 * `[site, ...shape]` of what a pass over the test rows records, in its order, and what the backbone publishes of it. A side network that
 * reads some positions alone sees nothing of the readout.
 */
export async function recordedShapes(backbone: BackboneModel, at: ReadAt) {
  const sites = backbone.sites.filter(({ name }) => at === "tokens" || !backbone.readoutSites.includes(name));
  const reads = sites.map(({ name }) => name);
  const rows = rowsOf(backbone);
  return withInputs(backbone, rows, (inputs) => {
    const pass = new Pass(backbone, { hooks: new Map(), unfrozen: [], reads, at }, context, 0);
    tf.tidy(() => void backbone.readout(backbone.forward(inputs, pass), pass));
    const recorded = [...pass.recorded].map(([name, { hidden }]) => [name, ...hidden.shape]);
    pass.dispose();
    const [batch, source, positions] = inputs.shape;
    const sequence = Math.max(...rows.map((row) => lengthsOf(row).sequence));
    const lengths: RowLengths = { source, sequence, positions };
    const published = sites.map((site) => {
      const axes = backbone.axes(site, at).map((axis) => (typeof axis === "number" ? axis : lengths[axis]));
      return [site.name, batch, ...axes];
    });
    return { recorded, published };
  });
}

/** The logits of the test rows, and those that its output layer makes of what enters it: at each site where the readout may be entered. */
export async function outputLayerLogits(backbone: BackboneModel) {
  return withInputs(backbone, rowsOf(backbone), async (inputs) => {
    const both = backbone.readoutSites.map((enters) =>
      tidy(() => {
        const pass = unwatched(backbone);
        const state = backbone.forward(inputs, pass);
        const { weight, input } = backbone.outputLayer!;
        return { expected: backbone.readout(state, pass, enters), found: linear(input(state, pass, enters), weight) };
      }),
    );
    const read = (which: "expected" | "found") => Promise.all(both.map((each) => each[which].data()));
    const logits = { expected: await read("expected"), found: await read("found") };
    for (const { expected, found } of both) tf.dispose([expected, found]);
    return logits;
  });
}

/** The state that enters the readout, and what is read out of the last block's recording of whole rows: by the pass, and by the inputs. */
export async function readOutOfWholeRows(backbone: BackboneModel) {
  const pass = new Pass(backbone, { hooks: new Map(), unfrozen: [], reads: [backbone.lastBlock] }, context, 0);
  return withInputs(backbone, rowsOf(backbone), async (inputs) => {
    const state = tidy(() => backbone.forward(inputs, pass));
    const whole = pass.recorded.get(backbone.lastBlock)!;
    const ofPass = tidy(() => pass.readOut(whole));
    const ofInputs = tidy(() => backbone.readOut(whole, inputs));
    const [expected, byPass, byInputs] = [await copyOf(state), await copyOf(ofPass), await copyOf(ofInputs)];
    for (const { hidden, mask } of [state, ofPass, ofInputs]) tf.dispose([hidden, mask]);
    pass.dispose();
    return { expected, byPass, byInputs };
  });
}

const copyOf = async ({ hidden }: Activation): Promise<Float32Array> => ((await hidden.data()) as Float32Array).slice();

/** The last block's output, and the same from copies of all blocks as wide as they are, with the backbone's own tensors. */
export async function copiedBlocks(backbone: BackboneModel) {
  const { sites, lastBlock, kind, params } = backbone;
  const own = sites.filter(({ name }) => name.startsWith(`${kind}.`));
  const entry = own[own.findIndex(({ layer }) => layer === 0) - 1]!.name;
  const pass = new Pass(backbone, { hooks: new Map(), unfrozen: [], reads: [entry, lastBlock] }, context, 0);
  return withInputs(backbone, rowsOf(backbone), async (inputs) => {
    tf.tidy(() => void backbone.forward(inputs, pass));
    const copies = tidy(() => {
      const first = pass.recorded.get(entry)!;
      const [rows, tokens] = first.hidden.shape as [number, number, number];
      const copied = Object.fromEntries(Object.entries(params).map(([name, tensor]) => [`copy.${name}`, tensor]));
      const run = backbone.narrow!(1).begin([rows, tokens], {
        ...{ prefix: "copy.", dropout: 0.5 }, // none in evaluation
        context: { ...context, params: copied },
      });
      const blocks = own.filter((site) => site.kind === "block");
      return blocks.reduce((state, { name }) => run(name, state), first);
    });
    const [expected, found] = [await copyOf(pass.recorded.get(lastBlock)!), await copyOf(copies)];
    copies.hidden.dispose();
    pass.dispose();
    return { expected, found };
  });
}

/** Logits of the test rows at their own positions, padding left out: one row after the other. */
export const logitsInBatch = (backbone: BackboneModel): Promise<Float32Array> =>
  logitsOfRows(backbone, rowsOf(backbone));

/** The same, each row in a batch of its own. */
export async function logitsOneByOne(backbone: BackboneModel): Promise<Float32Array> {
  const each: Float32Array[] = [];
  for (const row of rowsOf(backbone)) each.push(await logitsOfRows(backbone, [row]));
  return concatenated(each);
}

/** The same, after the sources were read once. */
export async function logitsAfterPrefill(backbone: BackboneModel): Promise<Float32Array> {
  const rows = rowsOf(backbone);
  const pass = unwatched(backbone);
  const prefilled = await withInputs(backbone, rows, (inputs) => backbone.prefill(inputs, pass));
  const answers = rows.map(({ answer }) => answer);
  const logits = tf.tidy(() => backbone.readout(prefilled.after(answers, pass), pass));
  prefilled.dispose();
  return ofPositions(logits, answers);
}

/** Logits at every token of answers of three tokens: read token by token, and as a whole, both after a prefill. */
export async function answersByToken(backbone: BackboneModel) {
  const rows = rowsOf(backbone);
  const answers = rows.map(({ source }) => source.slice(0, 3));
  const pass = unwatched(backbone);
  const prefill = () => withInputs(backbone, rows, (inputs) => backbone.prefill(inputs, pass));
  const stepwise = await prefill();
  const steps = [null, ...[0, 1, 2].map((token) => answers.map((answer) => answer[token]!))].map((ids) =>
    tf.tidy(() => backbone.readout(stepwise.next!(ids, pass), pass)),
  );
  stepwise.dispose();
  const byToken = tf.concat(steps, 1);
  tf.dispose(steps);
  const atOnce = await prefill();
  const whole = tf.tidy(() => backbone.readout(atOnce.after(answers, pass), pass));
  atOnce.dispose();
  return { byToken: await ofPositions(byToken, answers), whole: await ofPositions(whole, answers) };
}

/** The backbone as it is loaded from the checkpoint that is made of it. */
export async function reloaded<Config>(family: Family<Config>, backbone: BackboneModel): Promise<BackboneModel> {
  const directory = mkdtempSync(join(tmpdir(), "petl-family-"));
  try {
    const { params, publishedNames } = backbone;
    const configFields = family.configFields(family.testConfig);
    await saveCheckpoint(directory, { params, publishedNames, configFields });
    const config = readConfig(directory, family.config);
    return family.build(backbone.name, config, loadWeights(join(directory, "model.safetensors"), family, config));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function logitsOfRows(backbone: BackboneModel, rows: readonly Row[]): Promise<Float32Array> {
  const pass = unwatched(backbone);
  const logits = await withInputs(backbone, rows, (inputs) =>
    tf.tidy(() => backbone.readout(backbone.forward(inputs, pass), pass)),
  );
  const answers = rows.map(({ answer }) => answer);
  return ofPositions(logits, answers);
}

/** Values at each row's own positions; frees the logits (rows, positions, outputs). */
async function ofPositions(logits: Tensor, answers: readonly (readonly number[])[]): Promise<Float32Array> {
  const [, positions, outputs] = logits.shape as [number, number, number];
  const values = (await logits.data()) as Float32Array;
  const parts = answers.map(({ length }, row) => {
    const start = row * positions * outputs;
    return values.slice(start, start + (length + 1) * outputs);
  });
  logits.dispose();
  return concatenated(parts);
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
