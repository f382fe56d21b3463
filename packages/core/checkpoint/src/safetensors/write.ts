import { writeWhole, writeWholeSync } from "@petl/files";
import { f32ToF16 } from "@petl/weight-formats";
import { CheckpointError } from "../error.js";
import { writeFailure } from "../write-failure.js";
import { safetensorsHead } from "./head.js";

/** A tensor to write: values row-major, as many as the shape's product. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface WriteOptions {
  /** Element type on disk; F16 rounds to nearest even. Default F32. */
  readonly dtype?: "F32" | "F16";
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a safetensors file atomically, tensors in the order given, the data aligned to 8 bytes.
 *
 * @throws CheckpointError E_SHAPE_MISMATCH before anything is written, E_WRITE_FAILED
 */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorData>>,
  options: WriteOptions = {},
): void {
  for (const [name, { shape, values }] of Object.entries(tensors)) checkTensor(path, name, shape, values);
  const head = headOf(path, tensors, options);
  try {
    writeWholeSync(path, chunks(head, Object.values(tensors), options.dtype ?? "F32"));
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

/** A tensor whose values are read when it is written. */
export interface LazyTensor {
  readonly shape: readonly number[];
  read(): Promise<Float32Array>;
}

/**
 * Writes a safetensors file one tensor at a time, so that only one is in memory. Always F32.
 *
 * @throws CheckpointError E_SHAPE_MISMATCH, E_WRITE_FAILED; no part of a file is left then
 */
export async function writeSafetensorsLazily(
  path: string,
  tensors: Readonly<Record<string, LazyTensor>>,
  options: Pick<WriteOptions, "metadata"> = {},
): Promise<void> {
  const head = headOf(path, tensors, options);
  try {
    await writeWhole(path, lazyChunks(path, head, tensors));
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

async function* lazyChunks(
  path: string,
  head: Uint8Array[],
  tensors: Readonly<Record<string, LazyTensor>>,
): AsyncGenerator<Uint8Array> {
  yield* head;
  for (const [name, { shape, read }] of Object.entries(tensors)) {
    const values = await read();
    checkTensor(path, name, shape, values);
    yield bytesOf(values);
  }
}

/** The bytes before the data: the header's length, then the header. */
function headOf(
  path: string,
  tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  { dtype = "F32", metadata }: WriteOptions,
): Uint8Array[] {
  const elementBytes = dtype === "F32" ? 4 : 2;
  const entries = Object.entries(tensors).map(
    ([name, { shape }]) => [name, { dtype, shape, bytes: countOf(shape) * elementBytes }] as const,
  );
  return safetensorsHead(path, entries, metadata);
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

function checkTensor(file: string, name: string, shape: readonly number[], values: Float32Array): void {
  const count = countOf(shape);
  if (count === values.length) return;
  throw new CheckpointError("E_SHAPE_MISMATCH", {
    file,
    expected: `tensor "${name}" of shape [${shape.join(", ")}] to have ${count} values`,
    got: `${values.length}`,
    remedy: "pass the values that belong to the shape",
  });
}

function* chunks(head: Uint8Array[], tensors: readonly TensorData[], dtype: "F32" | "F16"): Generator<Uint8Array> {
  yield* head;
  for (const { values } of tensors) {
    yield bytesOf(dtype === "F32" ? values : f32ToF16(values));
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
