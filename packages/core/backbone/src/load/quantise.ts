import { basename, resolve } from "node:path";
import type { Family } from "../contract/family.js";
import { ggufDtypes } from "./gguf-formats.js";
import { notWritten, quantiseToGguf } from "./quantise-gguf.js";
import { quantiseToSafetensors, safetensorsDtypes } from "./quantise-safetensors.js";
import type { ConversionOptions } from "./quantised-tensors.js";
import type { QuantisedWeights } from "./quantised-weights.js";

/** What a checkpoint's weights can be brought to. */
export const quantisedDtypes = [...safetensorsDtypes, ...ggufDtypes] as const;
export type QuantisedDtype = (typeof quantisedDtypes)[number];

export interface QuantiseOptions extends ConversionOptions {
  readonly dtype: QuantisedDtype;
  /** What a GGUF file calls the model (`general.name`); safetensors have no name. Default: the directory's. */
  readonly name?: string;
}

/** Whether weights in this type are written to a GGUF file; else to safetensors. */
export const isGgufDtype = (dtype: QuantisedDtype): dtype is (typeof ggufDtypes)[number] =>
  (ggufDtypes as readonly string[]).includes(dtype);

/** Refuses a type that no model of a family is written in. @throws BackboneError E_BACKBONE_STORAGE */
export function refuseDtype({ name, gguf }: Pick<Family, "name" | "gguf">, dtype: QuantisedDtype): void {
  if (isGgufDtype(dtype) && gguf === undefined) throw notWritten(name, dtype, "models");
}

/**
 * Writes a checkpoint's weights in fewer bits to a file, one tensor at a time; whole or not at all.
 *
 * To safetensors: for `nf4` and `nf4+dq` the weights of layers (`Family.storable`) have that format and all other tensors are `bf16`;
 * for `bf16` and `f16` all are. What no backbone of ours computes with, such as another task's head, is kept; integers and repetitions
 * are left out.
 *
 * To GGUF, for `q8_0`, `q6_k`, `q4_k`, `q4_1` and `q4_0`: the weights of layers have that format, tables of tokens `q8_0` or `q6_k`, all
 * else float32. Where a row is no whole number of blocks, `q6_k` becomes `q8_0`, `q4_k` `q4_1`, and the others `f16`. The file has the
 * tokenizer too, and nothing that the model does not compute with.
 *
 * @param directory of the checkpoint: safetensors, those of bitsandbytes or GGUF
 * @param path of the new file
 * @throws BackboneError E_BACKBONE_STORAGE where the family does not say which weights are those of layers or is not written to GGUF;
 *   CheckpointError, also E_VALUE_INVALID for a value that is not finite or beyond the type, E_TOKENIZER_INVALID for a tokenizer that
 *   GGUF does not know
 */
export async function quantiseWeights<Config>(
  directory: string,
  path: string,
  family: Family<Config>,
  config: Config,
  { dtype, name = basename(resolve(directory)), ...options }: QuantiseOptions,
): Promise<QuantisedWeights> {
  return isGgufDtype(dtype)
    ? quantiseToGguf(directory, path, family, config, { dtype, name, ...options })
    : quantiseToSafetensors(directory, path, family, config, { dtype, ...options });
}
