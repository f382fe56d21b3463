import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../temporary-directory.js";

interface RawTensor {
  readonly name: string;
  /** As the file has it: the last axis first. */
  readonly dimensions: readonly (number | bigint)[];
  readonly type: number;
  readonly offset: number | bigint;
}

export interface RawGguf {
  readonly magic?: string;
  readonly version?: number;
  /** Instead of the number of tensors and of metadata that there are. */
  readonly tensorCount?: bigint;
  readonly metadataCount?: bigint;
  /** Key, type and the bytes of the value. */
  readonly metadata?: readonly (readonly [key: string, type: number, value: Uint8Array])[];
  readonly tensors?: readonly RawTensor[];
  /** That follow the header and its padding to 32 bytes. */
  readonly dataBytes?: number;
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

export const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

/** The bytes of a GGUF file from its parts, without any check. */
function rawGguf({ metadata = [], tensors = [], dataBytes = 0, ...rest }: RawGguf): Buffer {
  const header = Buffer.concat([
    Buffer.from(rest.magic ?? "GGUF"),
    u32(rest.version ?? 3),
    u64(rest.tensorCount ?? tensors.length),
    u64(rest.metadataCount ?? metadata.length),
    ...metadata.flatMap(([key, type, value]) => [text(key), u32(type), value]),
    ...tensors.flatMap(({ name, dimensions, type, offset }) => [
      ...[text(name), u32(dimensions.length), ...dimensions.map(u64)],
      ...[u32(type), u64(offset)],
    ]),
  ]);
  return Buffer.concat([header, Buffer.alloc(((32 - (header.length % 32)) % 32) + dataBytes)]);
}

/** The path of such a file. */
export function rawGgufFile(parts: RawGguf): string {
  const path = join(temporaryDirectory(), "model.gguf");
  writeFileSync(path, rawGguf(parts));
  return path;
}
