import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE, type TensorData, type WriteOptions, writeSafetensors } from "@petl/checkpoint";
import type { LayoutFiles, Params } from "@petl/spec";

/** A whole checkpoint: tensors by our names, what the family's files call them, and the fields of its `config.json`. */
export interface Checkpoint {
  readonly params: Params;
  readonly publishedNames: ReadonlyMap<string, string>;
  readonly configFields: Readonly<Record<string, unknown>>;
  /** The text of `config.json` where JSON of the fields is not it. */
  readonly configText?: string;
}

/** Writes a backbone as Hugging Face lays it out: `config.json` and `model.safetensors`; the tokenizer's files are not among them. */
export async function saveCheckpoint(
  directory: string,
  { params, publishedNames, configFields, configText = `${JSON.stringify(configFields, null, 2)}\n` }: Checkpoint,
  options: WriteOptions = {},
): Promise<void> {
  const named = Object.entries(params).map(([ours, tensor]) => [publishedNames.get(ours) ?? ours, tensor] as const);
  writeSafetensors(join(directory, "model.safetensors"), await dataOf(Object.fromEntries(named)), options);
  writeFileSync(join(directory, CONFIG_FILE), configText);
}

/** Writes a method's files in another library's layout below a directory, tensors in float32. */
export async function writeLayoutFiles(directory: string, { tensors, json, text = {} }: LayoutFiles): Promise<void> {
  for (const [path, params] of Object.entries(tensors))
    writeSafetensors(join(directory, path), await dataOf(params), { metadata: { format: "pt" } });
  for (const [path, value] of Object.entries(json))
    writeFileSync(join(directory, path), `${JSON.stringify(value, null, 2)}\n`);
  for (const [path, content] of Object.entries(text)) writeFileSync(join(directory, path), content);
}

async function dataOf(params: Params): Promise<Record<string, TensorData>> {
  const data: Record<string, TensorData> = {};
  for (const [name, tensor] of Object.entries(params))
    data[name] = { shape: tensor.shape, values: (await tensor.data()) as Float32Array };
  return data;
}
