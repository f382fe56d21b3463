import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { huggingFaceNames, type T5, type T5Config } from "@petl/backbone";
import { readSafetensors, type TensorData, writeSafetensors } from "@petl/checkpoint";
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
export async function exportCheckpoint(
  directory: string,
  { config, params }: T5,
  metadata: Record<string, string>,
): Promise<void> {
  const names = huggingFaceNames(config);
  const data = await dataOf(params, "");
  const tensors = Object.fromEntries([...names].map(([ours, theirs]) => [theirs, data[ours]!]));
  writeSafetensors(join(directory, "model.safetensors"), tensors, { dtype: "F16", metadata });
  writeFileSync(join(directory, "config.json"), `${JSON.stringify(huggingFaceConfigOf(config), null, 2)}\n`);
}

function huggingFaceConfigOf(config: T5Config): Record<string, unknown> {
  return {
    architectures: ["T5ForConditionalGeneration"],
    model_type: "t5",
    vocab_size: config.vocabularySize,
    d_model: config.modelWidth,
    d_kv: config.headWidth,
    d_ff: config.feedForwardWidth,
    num_layers: config.encoderLayers,
    num_decoder_layers: config.decoderLayers,
    num_heads: config.heads,
    relative_attention_num_buckets: config.relativeBuckets,
    relative_attention_max_distance: config.relativeMaxDistance,
    layer_norm_epsilon: config.normEpsilon,
    feed_forward_proj: config.activation,
    tie_word_embeddings: config.tiedHead,
    pad_token_id: config.padId,
    eos_token_id: config.eosId,
    decoder_start_token_id: config.decoderStartId,
  };
}
