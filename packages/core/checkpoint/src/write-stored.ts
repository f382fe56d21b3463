import { writeWhole } from "@petl/files";
import { type StoredWeight, weightLayout } from "@petl/weight-formats";
import { normalFloatParts, type WeightPart } from "./bitsandbytes/write.js";
import { CheckpointError } from "./error.js";
import { safetensorsHead } from "./safetensors/head.js";
import { writeFailure } from "./write-failure.js";

/** Formats that a safetensors file has a layout for: its own types, and bitsandbytes' of NF4. */
export const safetensorsFormats = ["f32", "bf16", "f16", "nf4", "nf4+dq"] as const;
export type SafetensorsFormat = (typeof safetensorsFormats)[number];

/** A tensor that is made when it is written. */
export interface LazyStoredTensor {
  readonly shape: readonly number[];
  readonly format: SafetensorsFormat;
  /** Values for `f32`, else the weight in that format and shape. */
  read(): Float32Array | StoredWeight | Promise<Float32Array | StoredWeight>;
}

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
  tensors: Readonly<Record<string, LazyStoredTensor>>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  const isHalf = ({ format }: LazyStoredTensor): boolean => format === "bf16" || format === "f16";
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

type Named = { readonly name: string; readonly tensor: LazyStoredTensor; readonly parts: readonly WeightPart[] };

async function* chunks(path: string, head: Uint8Array[], tensors: readonly Named[]): AsyncGenerator<Uint8Array> {
  yield* head;
  for (const { name, tensor, parts } of tensors) {
    const weight = await tensor.read();
    const bytes = checkedBytes(path, name, tensor, weight);
    for (const part of parts) yield part.data(bytes);
  }
}

function partsOf(name: string, { shape, format }: LazyStoredTensor): readonly WeightPart[] {
  if (format === "nf4" || format === "nf4+dq") return normalFloatParts(name, shape, format);
  const bytes = countOf(shape) * (format === "f32" ? 4 : 2);
  return [{ name, info: { dtype: format.toUpperCase(), shape, bytes }, data: (whole) => whole }];
}

function checkedBytes(
  file: string,
  name: string,
  { shape, format }: LazyStoredTensor,
  given: Float32Array | StoredWeight,
): Uint8Array {
  const isPlain = given instanceof Float32Array;
  const bytes = isPlain ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : given.bytes;
  const count = countOf(shape);
  const expected = format === "f32" ? 4 * count : weightLayout(format, count).bytes;
  if ((isPlain ? "f32" : given.format) === format && bytes.length === expected) return bytes;
  throw new CheckpointError("E_SHAPE_MISMATCH", {
    file,
    expected: `tensor "${name}" of shape [${shape.join(", ")}] to be ${expected} bytes of ${format}`,
    got: `${bytes.length} bytes of ${isPlain ? "f32" : given.format}`,
    remedy: "pass the weight that belongs to the shape and format",
  });
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
