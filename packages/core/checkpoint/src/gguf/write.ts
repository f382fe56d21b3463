import { writeWhole } from "@petl/files";
import { bytesOf, type LazyStoredTensor, readBytesOf } from "../stored-bytes.js";
import { writeFailure } from "../write-failure.js";
import { aligned, ggufHead } from "./head.js";
import { typeNumber, type WrittenFormat } from "./types.js";
import type { GgufMetadata } from "./value.js";

/** A tensor of a GGUF file, made when it is written, its rows in the file's order and of whole blocks. */
export type LazyGgufTensor = LazyStoredTensor<WrittenFormat>;

/**
 * Writes a GGUF file, one tensor at a time, so that only one is in memory; whole or not at all.
 *
 * @param tensors by the file's names
 * @throws CheckpointError E_SHAPE_MISMATCH where a tensor is not what it was said to be, E_WRITE_FAILED
 */
export async function writeGguf(
  path: string,
  metadata: GgufMetadata,
  tensors: Readonly<Record<string, LazyGgufTensor>>,
): Promise<void> {
  let offset = 0;
  const described = Object.entries(tensors).map(([name, tensor]) => {
    const place = { name, shape: tensor.shape, type: typeNumber(tensor.format), offset };
    offset += aligned(bytesOf(tensor));
    return place;
  });
  try {
    await writeWhole(path, chunks(path, ggufHead(metadata, described), tensors));
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

async function* chunks(
  path: string,
  head: Uint8Array,
  tensors: Readonly<Record<string, LazyGgufTensor>>,
): AsyncGenerator<Uint8Array> {
  yield head;
  for (const [name, tensor] of Object.entries(tensors)) {
    const bytes = await readBytesOf(path, name, tensor);
    yield bytes;
    yield new Uint8Array(aligned(bytes.length) - bytes.length);
  }
}
