import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadWeights, type Row } from "@petl/backbone";
import { readConfig, readSafetensors } from "@petl/checkpoint";
import type { Tensor } from "@petl/tensor";
import { expect } from "vitest";
import family, { Llama } from "../src/index.js";

export const fixtureDirectory = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/${name}/`, import.meta.url));

/** Rows of a reference: prompt and whole answer; both end with the end of sequence. */
export interface ReferenceRow {
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
}

/** A small random model and what Hugging Face transformers computes with it; made by scripts/fixtures/llama.py. */
export function readReference(name: string) {
  const directory = fixtureDirectory(name);
  const isClassifier = name === "llama-classification";
  const config = readConfig(directory, family.config);
  const expected = readSafetensors(`${directory}reference.safetensors`);
  const about = JSON.parse(readFileSync(`${directory}reference.json`, "utf8")) as { loss: number };
  const [rows, tokens] = expected.info("input_ids").shape as [number, number];
  const list = (tensor: string): number[] => [...(expected.readIntegers(tensor) as Int32Array)];
  const [ids, mask, labels] = [list("input_ids"), list("attention_mask"), list("labels")];
  const read = Array.from({ length: rows }, (_, row): ReferenceRow => {
    const cells = Array.from({ length: tokens }, (_, token) => row * tokens + token).filter((cell) => mask[cell] === 1);
    const part = (isAnswer: boolean): number[] =>
      cells.filter((cell) => (!isClassifier && labels[cell] !== -100) === isAnswer).map((cell) => ids[cell]!);
    return { prompt: part(false), answer: part(true) };
  });
  const model = new Llama(name, config, loadWeights(directory, family, config));
  return { model, directory, expected, about, rows: read, tokens, classes: labels };
}

/** Rows as training reads them: the answer is known up to its last token. */
export const trainingRows = (rows: readonly ReferenceRow[]): Row[] =>
  rows.map(({ prompt, answer }) => ({ source: prompt, answer: answer.slice(0, -1) }));

/** `max |ours - reference| <= tolerance * max |reference|` over the values at `cells` (default: all). */
export async function expectClose(
  ours: Tensor,
  reference: ArrayLike<number>,
  what: string,
  { tolerance = 1e-5, cells = Array.from(reference, (_, index) => index) } = {},
): Promise<void> {
  const values = await ours.data();
  expect(values.length, what).toBe(reference.length);
  let [difference, scale] = [0, 0];
  for (const cell of cells) {
    difference = Math.max(difference, Math.abs(values[cell]! - reference[cell]!));
    scale = Math.max(scale, Math.abs(reference[cell]!));
  }
  expect(difference / scale, what).toBeLessThanOrEqual(tolerance);
}
