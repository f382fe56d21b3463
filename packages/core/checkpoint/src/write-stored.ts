import { writeWhole } from "@petl/files";
import { normalFloatParts, type WeightPart } from "./bitsandbytes/write.js";
import { safetensorsHead } from "./safetensors/head.js";
import { bytesOf, type LazyStoredTensor, readBytesOf } from "./stored-bytes.js";
import { writeFailure } from "./write-failure.js";

/** Formats that a safetensors file has a layout for: its own types, and bitsandbytes' of NF4. */
export const safetensorsFormats = ["f32", "bf16", "f16", "nf4", "nf4+dq"] as const;
export type SafetensorsFormat = (typeof safetensorsFormats)[number];

type LazySafetensor = LazyStoredTensor<SafetensorsFormat>;

/**
 * Writes a safetensors file of tensors in 32, 16 and 4 bits, one at a time, so that only one is in memory; whole or not at all.
 *
 * NF4 is laid out as bitsandbytes saves it, with `float32` as the type of its values; tensors of 16 bits come last, so that data of
 * every type begins at a multiple of its size.
 *
 * @throws CheckpointError E_SHAPE_MISMATCH where a tensor is not what it was said to be, E_HEADER_INVALID, E_WRITE_FAILED
 */
export async function writeStoredSafetensors(
  path: string,
  tensors: Readonly<Record<string, LazySafetensor>>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  const isHalf = ({ format }: LazySafetensor): boolean => format === "bf16" || format === "f16";
  const all = Object.entries(tensors).map(([name, tensor]) => ({ name, tensor, parts: partsOf(name, tensor) }));
  const inOrder = [...all.filter(({ tensor }) => !isHalf(tensor)), ...all.filter(({ tensor }) => isHalf(tensor))];
  try {
    const head = safetensorsHead(
      path,
      inOrder.flatMap(({ parts }) => parts.map(({ name, info }) => [name, info] as const)),
      metadata,
    );
    await writeWhole(path, chunks(path, head, inOrder));
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

type Named = { readonly name: string; readonly tensor: LazySafetensor; readonly parts: readonly WeightPart[] };

async function* chunks(path: string, head: Uint8Array[], tensors: readonly Named[]): AsyncGenerator<Uint8Array> {
  yield* head;
  for (const { name, tensor, parts } of tensors) {
    const bytes = await readBytesOf(path, name, tensor);
    for (const part of parts) yield part.data(bytes);
  }
}

function partsOf(name: string, { shape, format }: LazySafetensor): readonly WeightPart[] {
  if (format === "nf4" || format === "nf4+dq") return normalFloatParts(name, shape, format);
  const bytes = bytesOf({ shape, format });
  return [{ name, info: { dtype: format.toUpperCase(), shape, bytes }, data: (whole) => whole }];
}
