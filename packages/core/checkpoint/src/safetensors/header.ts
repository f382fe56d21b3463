import { z } from "zod";
import { CheckpointError, reasonOf } from "../error.js";
import type { TensorInfo } from "../tensor-source.js";
import { elementBytes } from "./dtype.js";

interface PlacedTensor extends TensorInfo {
  /** Offset of its first byte from the start of the file. */
  readonly offset: number;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
}

/** Length of the little-endian u64 in front of the JSON header. */
export const PREFIX_BYTES = 8;

/** The format's own limit on the JSON header. */
export const HEADER_LIMIT_BYTES = 100_000_000;

const AGAIN = "copy or download the file again";

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const metadataSchema = z.record(z.string(), z.string());

/**
 * Parses and checks the JSON header of a safetensors file: known dtypes, sizes that agree with shapes, and data that
 * covers the rest of the file without a gap or an overlap, as the format demands.
 *
 * @param json the header's bytes; @param fileBytes size of the whole file
 * @throws CheckpointError
 */
export function parseHeader(file: string, json: Uint8Array, fileBytes: number): Header {
  const dataStart = PREFIX_BYTES + json.byteLength;
  const document = parseJson(file, json);
  const tensors = new Map<string, PlacedTensor>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(document)) {
    if (name === "__metadata__") metadata = parseMetadata(file, value);
    else tensors.set(name, parseEntry(file, name, value, dataStart));
  }
  checkCoverage(file, tensors, dataStart, fileBytes);
  return { metadata, tensors };
}

function parseJson(file: string, json: Uint8Array): object {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (cause) {
    throw new CheckpointError("E_HEADER_INVALID", {
      file,
      expected: "a safetensors header in JSON",
      got: reasonOf(cause),
      remedy: `${AGAIN}, or convert it if it is another format`,
      cause,
    });
  }
  if (typeof document === "object" && document !== null && !Array.isArray(document)) return document;
  throw new CheckpointError("E_HEADER_INVALID", {
    file,
    expected: "a JSON object of tensors by name as header",
    got: Array.isArray(document) ? "an array" : String(document),
    remedy: AGAIN,
  });
}

function parseMetadata(file: string, value: unknown): Readonly<Record<string, string>> {
  const parsed = metadataSchema.safeParse(value);
  // a key "__proto__", which the schema passes over, is metadata like any other
  const isText = Object.values(value ?? {}).every((each) => typeof each === "string");
  if (parsed.success && isText) return value as Record<string, string>;
  throw new CheckpointError("E_HEADER_INVALID", {
    file,
    expected: "__metadata__ to map strings to strings",
    got: parsed.success ? "another value" : z.prettifyError(parsed.error).replace(/\s+/g, " "),
    remedy: "write the file again with string metadata only",
  });
}

function parseEntry(file: string, name: string, value: unknown, dataStart: number): PlacedTensor {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    throw new CheckpointError("E_HEADER_INVALID", {
      file,
      expected: `tensor "${name}" to have dtype, shape and data_offsets`,
      got: z.prettifyError(parsed.error).replace(/\s+/g, " "),
      remedy: AGAIN,
    });
  }
  const { dtype, shape, data_offsets: range } = parsed.data;
  const [begin, end] = range;
  const size = elementBytes(dtype);
  if (size === undefined) {
    throw new CheckpointError("E_DTYPE_UNKNOWN", {
      file,
      expected: `tensor "${name}" to have a dtype such as F32, F16 or BF16`,
      got: `"${dtype}"`,
      remedy: "convert the checkpoint to F32, F16 or BF16",
    });
  }
  if (end < begin) {
    throw new CheckpointError("E_OFFSETS_INVALID", {
      file,
      expected: `tensor "${name}" to end after it begins`,
      got: `data_offsets [${begin}, ${end}]`,
      remedy: AGAIN,
    });
  }
  const bytes = shape.reduce((product, length) => product * length, size);
  if (bytes !== end - begin) {
    throw new CheckpointError("E_SHAPE_MISMATCH", {
      file,
      expected: `tensor "${name}" of shape [${shape.join(", ")}] in ${dtype} to hold ${bytes} bytes`,
      got: `${end - begin} bytes`,
      remedy: AGAIN,
    });
  }
  return { dtype, shape, bytes, offset: dataStart + begin };
}

function checkCoverage(
  file: string,
  tensors: ReadonlyMap<string, PlacedTensor>,
  dataStart: number,
  fileBytes: number,
): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  let position = dataStart;
  let before = "the header";
  for (const [name, { offset, bytes }] of inOrder) {
    if (offset !== position) {
      throw new CheckpointError("E_OFFSETS_INVALID", {
        file,
        expected: `tensor "${name}" to begin where ${before} ends (data byte ${position - dataStart})`,
        got: `data byte ${offset - dataStart}, which ${offset < position ? "overlaps it" : "leaves a gap"}`,
        remedy: AGAIN,
      });
    }
    position += bytes;
    before = `"${name}"`;
  }
  if (position > fileBytes) {
    throw new CheckpointError("E_FILE_TRUNCATED", {
      file,
      expected: `${position} bytes, as its header says`,
      got: `${fileBytes} bytes`,
      remedy: `the file is cut short: ${AGAIN}`,
    });
  }
  if (position < fileBytes) {
    throw new CheckpointError("E_OFFSETS_INVALID", {
      file,
      expected: `${position} bytes, as its header says`,
      got: `${fileBytes} bytes, ${fileBytes - position} of which belong to no tensor`,
      remedy: AGAIN,
    });
  }
}
