import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ActivationCache } from "@petl/activation-cache";
import { type BackboneModel, disposeRecordings, Pass, type Recordings } from "@petl/backbone";
import { readSafetensors, writeSafetensors } from "@petl/checkpoint";
import { adamW, clipScale, type SettingsOf } from "@petl/optim";
import { seededRandom, type Tensor, tf, type Variable, valueAndGradients } from "@petl/tensor";
import { disposeBatch, type TunedModel, trainingRow } from "@petl/trainer";
import { largest, testBatch, testExamples, valuesOf } from "./stage.js";

/** A method's settings of the optimizer at the suite's own rate. */
const settingsOf =
  (model: TunedModel): SettingsOf =>
  (name) => ({ ...model.optimizerSettings(name), learningRateScale: 1 });

/** Evaluation draws nothing, and the tests' dropout may draw anything, as long as it is the same. */
export const random = seededRandom(1);

/** Logits of the test batch: (batch * positions * outputs). */
export async function logitsOf(model: TunedModel): Promise<Float32Array> {
  const batch = testBatch(model.backbone);
  const logits = model.logits(batch.inputs, false, random);
  disposeBatch(batch);
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values.slice();
}

/** Logits of the backbone alone while some of its sites are read. */
export async function plainLogits(backbone: BackboneModel, reads: readonly string[]): Promise<Float32Array> {
  const context = { params: {}, training: false, random };
  const pass = new Pass(backbone, { hooks: new Map(), unfrozen: [], reads }, context, 0);
  const batch = testBatch(backbone);
  const logits = tf.tidy(() => backbone.readout(backbone.forward(batch.inputs, pass), pass));
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  disposeBatch(batch);
  pass.dispose();
  return values.slice();
}

/** Largest difference of two equally long arrays. */
export const difference = (a: Float32Array, b: Float32Array): number =>
  largest(a.map((value, index) => value - b[index]!));

/** The values of tensors that training may overwrite later. */
export async function copies(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, Float32Array>> {
  const values = await valuesOf(tensors);
  return Object.fromEntries(Object.entries(values).map(([name, data]) => [name, data.slice()]));
}

/** First and last loss of training the method on one batch. A head, with which any method would get somewhere, is held still. */
export async function overfit(model: TunedModel, steps: number): Promise<readonly [first: number, last: number]> {
  const { head } = model.backbone;
  const params = Object.fromEntries(Object.entries(model.trained).filter(([name]) => !head.includes(name)));
  const optimizer = adamW();
  const settings = settingsOf(model);
  const state = optimizer.init(params, settings);
  const batch = testBatch(model.backbone);
  const losses: Tensor[] = [];
  for (let step = 1; step <= steps; step++) {
    const { value, gradients } = valueAndGradients(() => model.loss(batch, random.fork(step)), params);
    const scale = clipScale(gradients, 1);
    optimizer.update(state, { params, gradients, step, learningRate: 2e-2, scale, settings });
    losses.push(value);
    tf.dispose([scale, gradients as Record<string, Tensor>]);
  }
  const [first, last] = await Promise.all([losses[0]!, losses.at(-1)!].map((loss) => loss.data()));
  tf.dispose([...Object.values(state), ...losses]);
  disposeBatch(batch);
  return [first![0]!, last![0]!];
}

/** Trains a few steps with AdamW; the largest gradient each tensor ever got, and no entry for one that got none. */
export async function largestGradients(
  model: TunedModel,
  steps: number,
  afterStep = () => {},
): Promise<Record<string, number>> {
  const optimizer = adamW();
  const settings = settingsOf(model);
  const state = optimizer.init(model.trained, settings);
  const batch = testBatch(model.backbone);
  const seen: Record<string, number> = {};
  for (let step = 1; step <= steps; step++) {
    const { value, gradients } = valueAndGradients(() => model.loss(batch, random.fork(step)), model.trained);
    for (const [name, values] of Object.entries(await valuesOf(gradients)))
      seen[name] = Math.max(seen[name] ?? 0, largest(values));
    optimizer.update(state, { params: model.trained, gradients, step, learningRate: 1e-2, scale: null, settings });
    tf.dispose([value, gradients as Record<string, Tensor>]);
    afterStep();
  }
  tf.dispose(Object.values(state));
  disposeBatch(batch);
  return seen;
}

/** Loss and gradients of a step on the test batch. `recordings`: what is read of the backbone, which then does not run. */
export async function stepOf(model: TunedModel, recordings: Recordings | null): Promise<Record<string, Float32Array>> {
  const batch = testBatch(model.backbone);
  const { value, gradients } = valueAndGradients(() => model.loss(batch, random, recordings), model.trained);
  const values = await copies({ ...gradients, loss: value });
  tf.dispose([value, gradients as Record<string, Tensor>]);
  disposeBatch(batch);
  return values;
}

/** What an activation cache gives for the test batch once it holds it: real tokens, and zeros behind them. */
export async function keptRecordings(model: TunedModel): Promise<Recordings> {
  const rows = testExamples(model.backbone).map(trainingRow);
  const cache = await ActivationCache.open(model, {
    budget: { memoryBytes: Number.POSITIVE_INFINITY, diskBytes: 0 },
    directory: null,
    isShared: false,
    device: { name: "test", details: {} },
    warn: (message) => {
      throw new Error(message);
    },
  });
  disposeRecordings((await cache.batch(rows)).recordings);
  const { recordings, forwards } = await cache.batch(rows);
  if (forwards !== 0) throw new Error(`expected rows from the cache, got ${forwards} computed`);
  return recordings;
}

/** Loss and gradients of the first step and of the one after it, when no tensor is at its start any more. */
export async function twoGradients(model: TunedModel): Promise<Record<string, Float32Array>[]> {
  const optimizer = adamW();
  const settings = settingsOf(model);
  const state = optimizer.init(model.trained, settings);
  const batch = testBatch(model.backbone);
  const all: Record<string, Float32Array>[] = [];
  for (const step of [1, 2]) {
    const { value, gradients } = valueAndGradients(() => model.loss(batch, random.fork(step)), model.trained);
    all.push(await copies({ ...gradients, loss: value }));
    optimizer.update(state, { params: model.trained, gradients, step, learningRate: 1e-2, scale: null, settings });
    tf.dispose([value, gradients as Record<string, Tensor>]);
  }
  tf.dispose(Object.values(state));
  disposeBatch(batch);
  return all;
}

/** Writes what `from` added and trained to a file and puts it into `into`. */
export async function saveAndReload(from: TunedModel, into: TunedModel): Promise<TunedModel> {
  const directory = mkdtempSync(join(tmpdir(), "petl-method-"));
  try {
    const file = join(directory, "method.safetensors");
    const values = await valuesOf(from.tuned);
    writeSafetensors(
      file,
      Object.fromEntries(
        Object.entries(from.tuned).map(([name, { shape }]) => [name, { shape, values: values[name]! }]),
      ),
    );
    const saved = readSafetensors(file);
    for (const [name, tensor] of Object.entries(into.tuned))
      (tensor as Variable).assign(tf.tensor(saved.read(name), tensor.shape));
    saved.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
  return into;
}
