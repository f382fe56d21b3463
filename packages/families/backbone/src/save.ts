import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE, type TensorData, type WriteOptions, writeSafetensors } from "@petl/checkpoint";
import type { LayoutFiles, Params } from "@petl/spec";
import type { T5Config } from "./config.js";
import { huggingFaceNames } from "./hugging-face-names.js";

/** Writes a T5 as Hugging Face lays it out: `config.json` and `model.safetensors`; the tokenizer's files are not among them. */
export async function saveCheckpoint(
  directory: string,
  { config, params }: { readonly config: T5Config; readonly params: Params },
  options: WriteOptions = {},
): Promise<void> {
  const named = [...huggingFaceNames(config)].map(([ours, theirs]) => [theirs, params[ours]!] as const);
  writeSafetensors(join(directory, "model.safetensors"), await dataOf(Object.fromEntries(named)), options);
  writeFileSync(join(directory, CONFIG_FILE), `${JSON.stringify(huggingFaceFields(config), null, 2)}\n`);
}

/** Writes a method's files in another library's layout below a directory, tensors in float32. */
export async function writeLayoutFiles(directory: string, { tensors, json }: LayoutFiles): Promise<void> {
  for (const [path, params] of Object.entries(tensors))
    writeSafetensors(join(directory, path), await dataOf(params), { metadata: { format: "pt" } });
  for (const [path, value] of Object.entries(json))
    writeFileSync(join(directory, path), `${JSON.stringify(value, null, 2)}\n`);
}

async function dataOf(params: Params): Promise<Record<string, TensorData>> {
  const data: Record<string, TensorData> = {};
  for (const [name, tensor] of Object.entries(params))
    data[name] = { shape: tensor.shape, values: (await tensor.data()) as Float32Array };
  return data;
}

function huggingFaceFields(config: T5Config): Record<string, unknown> {
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
