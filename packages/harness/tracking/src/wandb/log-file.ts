import { closeSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

const blockBytes = 32_768;
const headBytes = 7;
/** ":W&B", a number that tells such files from others, and the version of the format. */
const opening = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0);
const kinds = { whole: 1, first: 2, middle: 3, last: 4 } as const;

/**
 * A file of records in the frames of LevelDB's log (https://github.com/google/leveldb/blob/main/doc/log_format.md), as W&B has it: the file
 * begins with 7 bytes that name it, and checksums are CRC-32 as zlib computes it, unmasked. Records stand in it as soon as they are added.
 */
export class LogFile {
  readonly #descriptor: number;
  #sizeBytes = 0;

  /** @throws the file system's error, where there is such a file too */
  constructor(path: string) {
    this.#descriptor = openSync(path, "wx");
    this.#write(opening);
  }

  /** Adds a record, in parts where the rest of a block does not hold it. */
  add(record: Uint8Array): void {
    const frames: Uint8Array[] = [];
    let left = blockBytes - (this.#sizeBytes % blockBytes);
    let at = 0;
    let isFirst = true;
    do {
      if (left < headBytes) {
        frames.push(Buffer.alloc(left));
        left = blockBytes;
      }
      const part = record.subarray(at, at + left - headBytes);
      frames.push(framed(part, kindOf(isFirst, at + part.length === record.length)));
      isFirst = false; // also of a part without bytes
      at += part.length;
      left -= headBytes + part.length;
    } while (at < record.length);
    this.#write(Buffer.concat(frames));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(bytes: Uint8Array): void {
    writeSync(this.#descriptor, bytes);
    this.#sizeBytes += bytes.length;
  }
}

function kindOf(isFirst: boolean, isLast: boolean): keyof typeof kinds {
  if (isFirst) return isLast ? "whole" : "first";
  return isLast ? "last" : "middle";
}

/** Checksum of kind and bytes, their number, kind, bytes; all little-endian. */
function framed(bytes: Uint8Array, kind: keyof typeof kinds): Uint8Array {
  const frame = Buffer.alloc(headBytes + bytes.length);
  frame.writeUInt16LE(bytes.length, 4);
  frame[6] = kinds[kind];
  frame.set(bytes, headBytes);
  frame.writeUInt32LE(crc32(frame.subarray(6)), 0);
  return frame;
}
