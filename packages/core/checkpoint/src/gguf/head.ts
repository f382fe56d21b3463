import { magic } from "./types.js";
import type { GgufMetadata, GgufValue } from "./value.js";

/** What the head of a file says of a tensor. */
export interface DescribedTensor {
  readonly name: string;
  /** Row-major, as safetensors has it. */
  readonly shape: readonly number[];
  /** Number of its element type. */
  readonly type: number;
  /** From the start of the data. */
  readonly offset: number;
}

/** Data begins at multiples of this many bytes, and so does each tensor. */
const alignment = 32;

export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** Numbers of the types of metadata. */
const types = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;

/**
 * What stands before the data of a GGUF file, version 3, filled up to where that begins.
 *
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function ggufHead(metadata: GgufMetadata, tensors: readonly DescribedTensor[]): Uint8Array {
  const entries = Object.entries(metadata);
  const parts: Uint8Array[] = [u32(magic), u32(3), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) parts.push(text(key), ...encoded(value));
  for (const { name, shape, type, offset } of tensors)
    parts.push(text(name), u32(shape.length), ...shape.toReversed().map(u64), u32(type), u64(offset));
  const head = Buffer.concat(parts);
  return Buffer.concat([head], aligned(head.length));
}

function encoded(value: GgufValue): Uint8Array[] {
  switch (value.type) {
    case "u32":
      return [u32(types.u32), u32(value.value)];
    case "f32":
      return [u32(types.f32), bytesOf(Float32Array.of(value.value))];
    case "bool":
      return [u32(types.bool), Uint8Array.of(value.value ? 1 : 0)];
    case "string":
      return [u32(types.string), text(value.value)];
    case "strings":
      return [...arrayOf(types.string, value.value.length), ...value.value.map(text)];
    case "i32s":
      return [...arrayOf(types.i32, value.value.length), bytesOf(Int32Array.from(value.value))];
    case "f32s":
      return [...arrayOf(types.f32, value.value.length), bytesOf(Float32Array.from(value.value))];
  }
}

const arrayOf = (type: number, length: number): Uint8Array[] => [u32(types.array), u32(type), u64(length)];

const bytesOf = ({ buffer }: Float32Array | Int32Array): Uint8Array => new Uint8Array(buffer);

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}
