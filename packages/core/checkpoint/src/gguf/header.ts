import { CheckpointError } from "../error.js";
import type { TensorInfo } from "../tensor-source.js";
import type { Cursor } from "./cursor.js";
import { readMetadata } from "./metadata.js";
import { type GgufType, ggufType, magic, readableTypes, typeName } from "./types.js";

/** One tensor's place in a GGUF file. */
export interface PlacedTensor extends TensorInfo {
  /** Offset of its first byte from the start of the file. */
  readonly offset: number;
}

export interface GgufHeader {
  /** Scalars and short strings; arrays are left out. */
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the header; shapes row-major, as safetensors has them. */
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
}

const versions = [2, 3];
const mostDimensions = 4;
const mostNameBytes = 1024;
/** Bytes of the shortest description: of a tensor an empty name, no dimensions, type and offset; of metadata a key, a type and a byte. */
const leastBytes = { tensor: 24, metadata: 13 };
const defaultAlignment = 32;
const mostAlignment = 1 << 20;

const AGAIN = "the file is damaged: copy or download it again";

/**
 * Reads and checks the header of a GGUF file: counts that fit in the file, element types that are read, rows of whole blocks, and data
 * that is aligned, within the file and without overlap.
 *
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * @throws CheckpointError
 */
export function readHeader(cursor: Cursor): GgufHeader {
  checkVersion(cursor);
  const tensorCount = cursor.count("a number of tensors", leastBytes.tensor);
  const metadataCount = cursor.count("a number of metadata", leastBytes.metadata);
  const metadata = readMetadata(cursor, metadataCount);
  checkParts(cursor, metadata);
  const tensors = new Map<string, PlacedTensor>();
  for (let i = 0; i < tensorCount; i++) {
    const name = cursor.string("a tensor's name", mostNameBytes);
    if (tensors.has(name)) throw invalid(cursor, `tensor "${name}" once`, "it twice");
    tensors.set(name, readTensor(cursor, name));
  }
  const alignment = alignmentOf(cursor, metadata);
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  const placed = [...tensors].map(
    ([name, tensor]) => [name, { ...tensor, offset: dataStart + tensor.offset }] as const,
  );
  checkPlaces(cursor, placed, dataStart, alignment);
  return { metadata, tensors: new Map(placed) };
}

function checkVersion(cursor: Cursor): void {
  if (cursor.u32("its first four bytes") !== magic)
    throw invalid(cursor, 'a file that begins with "GGUF"', "another beginning");
  const version = cursor.u32("its version");
  if (versions.includes(version)) return;
  const got = (version & 0xffff) === 0 ? "one written on a big-endian machine" : `version ${version}`;
  throw invalid(
    cursor,
    `a little-endian GGUF file of version ${versions.join(" or ")}`,
    got,
    "convert the model again",
  );
}

/** A model may be split into several files, of which each has a part of the tensors. */
function checkParts(cursor: Cursor, metadata: Readonly<Record<string, string>>): void {
  const parts = Number(metadata["split.count"] ?? 1);
  if (parts > 1) throw invalid(cursor, "a whole model in one file", `one of ${parts} parts`, "merge the parts first");
}

function alignmentOf(cursor: Cursor, metadata: Readonly<Record<string, string>>): number {
  const alignment = Number(metadata["general.alignment"] ?? defaultAlignment);
  if (alignment >= 8 && alignment <= mostAlignment && Number.isInteger(Math.log2(alignment))) return alignment;
  throw invalid(cursor, `a power of two from 8 to ${mostAlignment} as general.alignment`, String(alignment));
}

/** A tensor's description; its offset is from the start of the data. */
function readTensor(cursor: Cursor, name: string): PlacedTensor {
  const dimensions = cursor.u32(`the number of dimensions of "${name}"`);
  if (dimensions > mostDimensions)
    throw invalid(cursor, `tensor "${name}" of at most ${mostDimensions} dimensions`, String(dimensions));
  const shape = Array.from({ length: dimensions }, () => cursor.u64(`the shape of "${name}"`)).reverse();
  const number = cursor.u32(`the element type of "${name}"`);
  const offset = cursor.u64(`the offset of "${name}"`);
  const type = ggufType(number);
  if (type === undefined) {
    throw new CheckpointError("E_DTYPE_UNKNOWN", {
      file: cursor.path,
      expected: `tensor "${name}" in one of ${readableTypes.join(", ")}`,
      got: typeName(number),
      remedy: "quantise the model again in one of these",
    });
  }
  const bytes = bytesOf(cursor, name, shape, type);
  if (offset > BigInt(cursor.fileBytes))
    throw invalid(cursor, `tensor "${name}" to begin within the file's ${cursor.fileBytes} bytes`, `offset ${offset}`);
  return { dtype: type.name, shape: shape.map(Number), bytes, offset: Number(offset) };
}

function bytesOf(
  cursor: Cursor,
  name: string,
  shape: readonly bigint[],
  { name: type, values, bytes }: GgufType,
): number {
  const row = shape.at(-1) ?? 1n;
  if (row % BigInt(values) !== 0n)
    throw invalid(cursor, `tensor "${name}" in ${type} to have rows of a multiple of ${values} values`, String(row));
  const total = (shape.reduce((product, length) => product * length, 1n) / BigInt(values)) * BigInt(bytes);
  if (total <= BigInt(cursor.fileBytes)) return Number(total);
  throw invalid(
    cursor,
    `tensor "${name}" to fit in the file's ${cursor.fileBytes} bytes`,
    `[${shape.join(", ")}] in ${type}`,
  );
}

function checkPlaces(
  cursor: Cursor,
  tensors: readonly (readonly [string, PlacedTensor])[],
  dataStart: number,
  alignment: number,
): void {
  let position = dataStart;
  let before = "the header";
  for (const [name, { offset, bytes }] of tensors.toSorted(
    ([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes,
  )) {
    const from = offset - dataStart;
    const fault =
      from % alignment !== 0
        ? `which is no multiple of ${alignment}`
        : offset < position
          ? `which overlaps ${before}`
          : null;
    if (fault !== null) {
      throw new CheckpointError("E_OFFSETS_INVALID", {
        file: cursor.path,
        expected: `tensor "${name}" to begin at an aligned byte after ${before}`,
        got: `data byte ${from}, ${fault}`,
        remedy: AGAIN,
      });
    }
    position = offset + bytes;
    before = `"${name}"`;
    if (position <= cursor.fileBytes) continue;
    throw new CheckpointError("E_FILE_TRUNCATED", {
      file: cursor.path,
      expected: `at least ${position} bytes for tensor "${name}"`,
      got: `${cursor.fileBytes} bytes`,
      remedy: "the file is cut short: copy or download it again",
    });
  }
}

function invalid(cursor: Cursor, expected: string, got: string, remedy = AGAIN): CheckpointError {
  return new CheckpointError("E_HEADER_INVALID", { file: cursor.path, expected, got, remedy });
}
