import { createHash, type Hash } from "node:crypto";
import { read as readDescriptor } from "node:fs";
import { promisify } from "node:util";
import { createGunzip, type Gunzip } from "node:zlib";
import { TableError, unreadable } from "../errors.js";
import type { FileRead } from "../read-file.js";

const chunkBytes = 1 << 20;
const readChunk = promisify(readDescriptor);

/**
 * The bytes of a text file in chunks, unpacked if it is gzipped; and the hash of the file's own bytes, complete after the last chunk.
 * @throws {TableError} while iterating: `E_TABLE_UNREADABLE`, `E_TABLE_DAMAGED` for bad gzip
 */
export function readContents(read: FileRead): { chunks: AsyncIterable<Buffer>; hash: Hash } {
  const hash = createHash("sha256");
  let bytes = 0;
  const count = (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  };
  const stored = storedBytes(read, count);
  const plain = read.gzipped ? unpacked(stored, read.path) : stored;
  return { chunks: noting(plain, () => read.onBytes(bytes)), hash };
}

async function* noting(chunks: AsyncIterable<Buffer>, note: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    note();
    yield chunk;
  }
  note();
}

async function* storedBytes({ path, descriptor }: FileRead, onChunk: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes); // its own memory, since whoever gets it may keep it
    const { bytesRead } = await readChunk(descriptor, buffer, 0, chunkBytes, position).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    position += bytesRead;
    onChunk(chunk);
    yield chunk;
  }
}

async function* unpacked(stored: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  let failure: unknown;
  const feeding = feed(stored, gunzip).catch((error: unknown) => {
    failure = error;
    gunzip.destroy(error as Error);
  });
  const chunks = gunzip[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        throw failure ?? damaged(file, cause);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

async function feed(chunks: AsyncIterable<Buffer>, gunzip: Gunzip): Promise<void> {
  for await (const chunk of chunks) {
    if (gunzip.destroyed) return;
    if (!gunzip.write(chunk)) await drained(gunzip);
  }
  gunzip.end();
}

function drained(gunzip: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      gunzip.off("drain", done).off("close", done);
      resolve();
    };
    gunzip.on("drain", done).on("close", done);
  });
}

function damaged(file: string, cause: unknown): TableError {
  const details = { file, expected: "gzip", got: (cause as Error).message, remedy: "copy or compress it again", cause };
  return new TableError("E_TABLE_DAMAGED", "the file is not whole gzip data", details);
}
