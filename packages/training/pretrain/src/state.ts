import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { saveCheckpoint } from "@petl/backbone";
import { readSafetensors, type TensorData, writeSafetensors } from "@petl/checkpoint";
import t5, { type T5 } from "@petl/family-t5";
import { type Tensor, tf, type Variable } from "@petl/tensor";

type Tensors = Readonly<Record<string, Tensor>>;
const pattern = /^state-(\d+)\.safetensors$/;
const kept = 2;

/** Writes weights and optimizer state after `step` updates; older ones but the last are removed. */
export async function saveState(directory: string, step: number, weights: Tensors, optimizer: Tensors): Promise<void> {
  const tensors = { ...(await dataOf(weights, "weight.")), ...(await dataOf(optimizer, "optimizer.")) };
  writeSafetensors(join(directory, `state-${step}.safetensors`), tensors, { metadata: { step: String(step) } });
  for (const old of savedSteps(directory).slice(kept)) rmSync(join(directory, `state-${old}.safetensors`));
}

/** Puts the newest saved state back; the step it was saved after, or 0 where there is none. */
export function restoreState(directory: string, weights: Tensors, optimizer: Tensors): number {
  const step = savedSteps(directory)[0];
  if (step === undefined) return 0;
  const saved = readSafetensors(join(directory, `state-${step}.safetensors`));
  for (const [prefix, tensors] of [
    ["weight.", weights],
    ["optimizer.", optimizer],
  ] as const) {
    for (const [name, tensor] of Object.entries(tensors)) {
      const value = tf.tensor(saved.read(prefix + name), tensor.shape);
      (tensor as Variable).assign(value);
      value.dispose();
    }
  }
  saved.close();
  return step;
}

/** Whether there is a state to go on from. */
export function isBegun(directory: string): boolean {
  return savedSteps(directory).length > 0;
}

/** Newest first. */
function savedSteps(directory: string): number[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

async function dataOf(tensors: Tensors, prefix: string): Promise<Record<string, TensorData>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) =>
      [prefix + name, { shape: tensor.shape, values: (await tensor.data()) as Float32Array }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Writes a checkpoint as Hugging Face lays it out: `config.json` and `model.safetensors` (F16). */
export function exportCheckpoint(directory: string, model: T5, metadata: Record<string, string>): Promise<void> {
  const { params, publishedNames, config } = model;
  const checkpoint = { params, publishedNames, configFields: t5.configFields(config) };
  return saveCheckpoint(directory, checkpoint, { dtype: "F16", metadata });
}
