import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { keyBytes } from "./rows.js";

/**
 * A segment file: `PETLACT1`, then entries. An entry is a header (key, payload bytes, checksum of the payload, checksum of the
 * header; little-endian) and its payload, float32. One process appends to a segment and nobody ever changes it, so what a
 * killed process leaves is a whole file or one that is cut short.
 */
export const signature = new TextEncoder().encode("PETLACT1");
export const headerBytes = keyBytes + 12;

/** The position of an entry's payload. */
export interface Place {
  readonly file: FileHandle;
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

/** The header of an entry. */
export function headerOf(key: string, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(key, 0, "base64");
  header.writeUInt32LE(payload.byteLength, keyBytes);
  header.writeUInt32LE(crc32(payload), keyBytes + 4);
  header.writeUInt32LE(crc32(header.subarray(0, keyBytes + 8)), keyBytes + 8);
  return header;
}

/** Starts a segment of one's own. @throws Error of the file system */
export async function createSegment(path: string): Promise<FileHandle> {
  const file = await open(path, "wx+");
  await writeAll(file, [signature], 0);
  return file;
}

/** The whole entries of a segment; what follows a torn or damaged header cannot be found and is left out. */
export async function readSegment(file: FileHandle): Promise<Map<string, Place>> {
  const { size } = await file.stat();
  const places = new Map<string, Place>();
  const start = await readExactly(file, 0, signature.length);
  if (start === null || !start.equals(signature)) return places;
  for (let at = signature.length; at + headerBytes <= size; ) {
    const header = await readExactly(file, at, headerBytes);
    if (header === null || header.readUInt32LE(keyBytes + 8) !== crc32(header.subarray(0, keyBytes + 8))) break;
    const length = header.readUInt32LE(keyBytes);
    const offset = at + headerBytes;
    if (offset + length > size) break;
    const checksum = header.readUInt32LE(keyBytes + 4);
    places.set(header.toString("base64", 0, keyBytes), { file, offset, length, checksum });
    at = offset + length;
  }
  return places;
}

/** An entry's values, or null where they are not those that were written. @throws Error of the file system */
export async function readEntry({ file, offset, length, checksum }: Place): Promise<Float32Array | null> {
  const bytes = await readExactly(file, offset, length);
  if (bytes === null || crc32(bytes) !== checksum) return null;
  return new Float32Array(bytes.buffer, 0, length / Float32Array.BYTES_PER_ELEMENT);
}

/** Writes all of some buffers. @throws Error of the file system, such as ENOSPC */
export async function writeAll(file: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<void> {
  const { bytesWritten } = await file.writev(buffers, position);
  const size = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytesWritten === size) return;
  const rest = Buffer.concat(buffers).subarray(bytesWritten); // an almost full disk takes a part, then refuses
  for (let done = 0; done < rest.byteLength; )
    done += (await file.write(rest, done, rest.byteLength - done, position + bytesWritten + done)).bytesWritten;
}

/** Null where the file ends before. */
async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const bytes = Buffer.from(new ArrayBuffer(length)); // its own memory, so that floats in it are aligned
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return null;
    done += bytesRead;
  }
  return bytes;
}
