import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type HeadTask, type Inputs, loadWeights, Pass, type Row } from "@petl/backbone";
import { readConfig, readSafetensors, type TensorSource } from "@petl/checkpoint";
import { meanCrossEntropy, meanSquaredError, seededRandom, type Tensor, tf, type Variable } from "@petl/tensor";
import { expect } from "vitest";
import family, { type Bert } from "../src/index.js";

export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}/`, import.meta.url));

interface About {
  readonly loss: number;
  readonly parameters: number;
  readonly gradientsThatAreRoundingOnly?: Readonly<Record<string, number>>;
}

/** A small random encoder and what Hugging Face transformers computes with it; made by scripts/fixtures/bert.py. */
export function readReference(name: string) {
  const directory = fixture(name);
  const config = readConfig(directory, family.config);
  const expected = readSafetensors(`${directory}reference.safetensors`);
  const about = JSON.parse(readFileSync(`${directory}reference.json`, "utf8")) as About;
  const bare = family.build(name, config, loadWeights(directory, family, config)) as Bert;
  return { bare, expected, about, rows: rowsOf(expected) };
}

/** The reference's model with its head's own weights. */
export function withStoredHead(bare: Bert, name: string, task: HeadTask): Bert {
  const model = bare.withHead(task, seededRandom(0));
  const stored = readSafetensors(`${fixture(name)}model.safetensors`);
  for (const ours of model.head) {
    const values = tf.tensor(stored.read(model.publishedNames.get(ours)!), model.param(ours).shape);
    (model.param(ours) as Variable).assign(values);
    values.dispose();
  }
  stored.close();
  return model;
}

function rowsOf(expected: TensorSource): Row[] {
  const [rows, tokens] = expected.info("input_ids").shape as [number, number];
  const line = (name: string, row: number): number[] =>
    Array.from(expected.readIntegers(name) as Int32Array, Number).slice(row * tokens, (row + 1) * tokens);
  return Array.from({ length: rows }, (_, row) => {
    const real = line("attention_mask", row).filter((value) => value === 1).length;
    const hasTypes = expected.names().includes("token_type_ids");
    return {
      source: line("input_ids", row).slice(0, real),
      ...(hasTypes && { segments: line("token_type_ids", row).slice(0, real) }),
      answer: [],
    };
  });
}

/** The loss of the head's answers, as transformers computes it. */
export function lossOf(logits: Tensor, { kind, outputs }: HeadTask, expected: TensorSource): Tensor {
  if (kind === "score") return meanSquaredError(tf.reshape(logits, [-1]), tf.tensor1d(expected.read("labels")));
  const labels = tf.tensor1d(Int32Array.from(expected.readIntegers("labels") as Int32Array, Number), "int32");
  return meanCrossEntropy(tf.reshape(logits, [-1, outputs]), labels);
}

export const none = { hooks: new Map(), unfrozen: [], reads: [] };
export const evaluation = { params: {}, training: false, random: seededRandom(0) };

/** A pass in evaluation that reads some sites. */
export const passOf = (model: Bert, reads: readonly string[] = []): Pass =>
  new Pass(model, { ...none, reads }, evaluation, 0);

/** Zeroes the values of padding: (rows, tokens, channels). */
export const realOnly = (hidden: Tensor, inputs: Inputs): Tensor =>
  tf.tidy(() => tf.mul(hidden, tf.expandDims(inputs.tensors.mask!, -1)));

/** The largest difference of two lists of values, in units of the largest of the second. */
export function relativeDifference(ours: ArrayLike<number>, reference: ArrayLike<number>): number {
  let [difference, scale] = [0, 0];
  for (let index = 0; index < reference.length; index++) {
    difference = Math.max(difference, Math.abs(ours[index]! - reference[index]!));
    scale = Math.max(scale, Math.abs(reference[index]!));
  }
  return difference / scale;
}

/** `max |ours - reference| <= tolerance * max |reference|` */
export async function expectClose(
  ours: Tensor,
  reference: Float32Array,
  what: string,
  tolerance = 1e-5,
): Promise<void> {
  const values = await ours.data();
  expect(values.length, what).toBe(reference.length);
  expect(relativeDifference(values, reference), what).toBeLessThanOrEqual(tolerance);
}
