import type { ActivationCache, BackboneRunner } from "@petl/activation-cache";
import { longest, type Pass, type Prefilled } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { seededRandom, type Tensor, tf } from "@petl/tensor";
import { trainingRow } from "../batches.js";
import type { TokenizedExample } from "../encode/example.js";
import type { TunedModel } from "../tuned-model.js";

/** Evaluation draws nothing. */
const unused = seededRandom(0);

/** What is taken of logits (rows, longest answer + 1, outputs) of some rows, whose known answers come with them: (rows, values). */
type PickValues = (logits: Tensor, answers: readonly (readonly number[])[]) => Tensor;

/** A model that reads a batch of examples, and tells the logits after answers to them. */
export interface LogitsAfter {
  /** Values that `pick` takes, (examples, values) row-major; a row whose answer is null is not asked for and may hold anything. */
  read(answers: readonly (readonly number[] | null)[], values: number, pick: PickValues): Promise<Float32Array>;
  /** Examples that went forward through the backbone so far. */
  readonly forwards: number;
  dispose(): void;
}

/** The backbone runs: on the sources once for all answers, or on whole rows. */
export function computedLogits(model: TunedModel, examples: readonly TokenizedExample[]): LogitsAfter {
  return model.prefills ? prefilledLogits(model, examples) : wholeLogits(model, examples);
}

function prefilledLogits(model: TunedModel, examples: readonly TokenizedExample[]): LogitsAfter {
  const { pass, prefilled, dispose } = prefill(model, examples);
  return {
    forwards: examples.length,
    read: (answers, _values, pick) => {
      const known = answers.map((answer) => answer ?? []); // rows that are not asked for are only carried along
      return valuesOf(() => pick(model.readout(prefilled.after(known, pass), pass), known));
    },
    dispose,
  };
}

function wholeLogits(model: TunedModel, examples: readonly TokenizedExample[]): LogitsAfter {
  let forwards = 0;
  return {
    get forwards() {
      return forwards;
    },
    read(answers, values, pick) {
      return forAsked(answers, values, (asked, known) => {
        forwards += asked.length;
        const inputs = model.backbone.pad(rowsOf(examples, asked, known));
        const read = valuesOf(() => pick(model.logits(inputs, false, unused), known));
        tf.dispose(Object.values(inputs.tensors));
        return read;
      });
    },
    dispose() {},
  };
}

/** Recordings of a frozen backbone come from the cache, as far as it has them. */
export function cachedLogits(
  model: TunedModel,
  cache: ActivationCache,
  examples: readonly TokenizedExample[],
): LogitsAfter {
  const runner: BackboneRunner = cache.runner();
  let forwards = 0;
  return {
    get forwards() {
      return forwards;
    },
    read(answers, values, pick) {
      return forAsked(answers, values, async (asked, known) => {
        const rows = rowsOf(examples, asked, known);
        const batch = await cache.batch(rows, runner);
        forwards += batch.forwards;
        const { backbone } = model;
        const recorded = {
          recorded: batch.recordings,
          shape: [asked.length, longest(known) + 1],
          readOut: (output: Activation) => backbone.readOut(output, backbone.pad(rows)), // in the scope of the logits
        };
        return valuesOf(() => pick(model.recordedLogits(recorded, false, unused), known));
      });
    },
    dispose: () => runner.dispose(),
  };
}

/** Sources of examples, read in evaluation. */
export function prefill(
  model: TunedModel,
  examples: readonly TokenizedExample[],
): { readonly pass: Pass; readonly prefilled: Prefilled; dispose(): void } {
  const pass = model.pass(false, unused);
  const inputs = model.backbone.pad(examples.map((example) => ({ ...trainingRow(example), answer: [] })));
  const prefilled = model.backbone.prefill(inputs, pass);
  tf.dispose(Object.values(inputs.tensors));
  return {
    ...{ pass, prefilled },
    dispose() {
      prefilled.dispose();
      pass.dispose();
    },
  };
}

/** Runs `read` for the rows that are asked for, and puts its values where they belong among all. */
async function forAsked(
  answers: readonly (readonly number[] | null)[],
  values: number,
  read: (asked: readonly number[], known: readonly (readonly number[])[]) => Promise<Float32Array>,
): Promise<Float32Array> {
  const asked = [...answers.keys()].filter((row) => answers[row] !== null);
  const known = asked.map((row) => answers[row]!);
  const found = await read(asked, known);
  const all = new Float32Array(answers.length * values);
  for (const [index, row] of asked.entries())
    all.set(found.subarray(index * values, (index + 1) * values), row * values);
  return all;
}

function rowsOf(
  examples: readonly TokenizedExample[],
  asked: readonly number[],
  known: readonly (readonly number[])[],
) {
  return asked.map((row, index) => ({ ...trainingRow(examples[row]!), answer: known[index]! }));
}

async function valuesOf(compute: () => Tensor): Promise<Float32Array> {
  const tensor: Tensor = tf.tidy(compute);
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}
