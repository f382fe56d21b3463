import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadWeights } from "@petl/backbone";
import { readConfig, readSafetensors, type TensorSource } from "@petl/checkpoint";
import { type Tensor, tf } from "@petl/tensor";
import { expect } from "vitest";
import t5, { huggingFaceConfig, T5 } from "../src/index.js";

/** A small random T5 and what Hugging Face transformers computes with it; made by scripts/fixtures/t5.py. */
export function readReference(name: "t5-v1_0" | "t5-v1_1") {
  const directory = fileURLToPath(new URL(`./fixtures/${name}/`, import.meta.url));
  const config = readConfig(directory, huggingFaceConfig);
  const expected = readSafetensors(`${directory}reference.safetensors`);
  const about = JSON.parse(readFileSync(`${directory}reference.json`, "utf8")) as { greedy: number[][]; loss: number };
  return {
    model: new T5(name, config, loadWeights(directory, t5, config)),
    expected,
    about,
    inputs: inputsOf(expected),
  };
}

function inputsOf(expected: TensorSource) {
  const integers = (name: string): Tensor =>
    tf.tensor(expected.readIntegers(name) as Int32Array, [...expected.info(name).shape], "int32");
  const labels = integers("labels");
  return {
    sources: integers("input_ids"),
    mask: tf.cast(integers("attention_mask"), "float32"),
    decoderInputs: integers("decoder_input_ids"),
    labels: tf.reshape(labels, [-1]),
  };
}

/** `max |ours - reference| <= tolerance * max |reference|` */
export async function expectClose(
  ours: Tensor,
  reference: Float32Array,
  what: string,
  tolerance = 1e-4,
): Promise<void> {
  const values = await ours.data();
  expect(values.length, what).toBe(reference.length);
  let [difference, scale] = [0, 0];
  for (let index = 0; index < reference.length; index++) {
    difference = Math.max(difference, Math.abs(values[index]! - reference[index]!));
    scale = Math.max(scale, Math.abs(reference[index]!));
  }
  expect(difference / scale, what).toBeLessThanOrEqual(tolerance);
}
