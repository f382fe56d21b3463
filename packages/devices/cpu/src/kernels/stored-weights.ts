import { markStored } from "@petl/tensor";
import {
  dynamicMap,
  ggufBlocks,
  isGguf,
  nf4Values,
  type Part,
  readStoredRange,
  type StoredWeight,
  scalesInBlock,
  valuesInBlock,
  type WeightFormat,
  type WeightLayout,
  weightFormats,
  weightLayout,
} from "@petl/weight-formats";
import { Float } from "../wasm/runner.js";
import { type CpuKernel, type KernelContext, sizeOf, type TensorInfo } from "./context.js";

/** A new stored weight. */
export const storeWeight: CpuKernel = ({ backend }, _inputs, attributes) => {
  const { format, shape, read } = attributes as { format: WeightFormat; shape: number[]; read: () => Uint8Array };
  const bytes = read();
  const expected = weightLayout(format, sizeOf(shape)).bytes;
  if (bytes.length !== expected)
    throw new Error(`cpu: expected ${expected} bytes of a weight [${shape}] in ${format}, got ${bytes.length}`);
  const info = backend.store({ format, shape, bytes });
  markStored(info.dataId, { format, bytes: expected });
  return info;
};

/** A float32 copy of a stored weight. */
export const widenWeight: CpuKernel = (context, { weight }) => {
  const stored = context.storedWeight(weight!)!;
  const output = context.output(weight!.shape);
  withPieces(context, stored, (piece) => piece.widen(context.address(output) + 4 * piece.first * piece.columns));
  return output;
};

/** Rows of a stored table (rows, channels), by id. */
export function copyStoredRows(context: KernelContext, stored: StoredWeight, ids: Int32Array, to: TensorInfo): void {
  const channels = stored.shape.at(-1)!;
  const values = context.backend.typedArrayFromHeap(to) as Float32Array;
  for (const [place, id] of ids.entries())
    readStoredRange(stored, id * channels, values.subarray(place * channels, (place + 1) * channels));
}

/** Some rows of a stored weight. */
interface WeightPiece {
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
  /** Writes the values as float32 to an address of the heap. */
  widen(to: number): void;
}

/** Values of a piece: their float32 stay in the caches while they are multiplied. */
const pieceValues = 2 ** 20;
/** Pieces begin at a whole block of any format, whatever the width of a row. */
const pieceRows = 64;

/** Rows of a piece of a weight with rows of this width. */
export function rowsOfPiece({ shape }: StoredWeight): number {
  const columns = shape.at(-1)!;
  const fitting = Math.floor(pieceValues / columns / pieceRows) * pieceRows;
  return Math.min(sizeOf(shape.slice(0, -1)), Math.max(pieceRows, fitting));
}

/** Runs `use` with each piece of a stored weight, in order. */
export function withPieces(context: KernelContext, weight: StoredWeight, use: (piece: WeightPiece) => void): void {
  const columns = weight.shape.at(-1)!;
  const rows = sizeOf(weight.shape.slice(0, -1));
  const step = rowsOfPiece(weight);
  const scratch = context.output([Math.ceil(packedBytes(weight.format, step * columns) / 4)]);
  try {
    for (let first = 0; first < rows; first += step) {
      const count = Math.min(step, rows - first);
      const widen = (to: number) => unpack(context, weight, first * columns, count * columns, scratch, to);
      use({ first, rows: count, columns, widen });
    }
  } finally {
    context.backend.disposeData(scratch.dataId);
  }
}

const tables: Readonly<Record<"codes" | "scales", Float32Array>> = {
  codes: Float32Array.from(nf4Values),
  scales: dynamicMap,
};

/** Room on the heap for what `unpack` copies there. */
const packedBytes = (format: WeightFormat, values: number): number =>
  weightLayout(format, values).bytes + tables.codes.byteLength + tables.scales.byteLength + 256;

/** Copies the codes and scales of `count` values from the `first` on to the heap, and widens them there. */
function unpack(
  context: KernelContext,
  { format, shape, bytes }: StoredWeight,
  first: number,
  count: number,
  scratch: TensorInfo,
  to: number,
): void {
  const blockValues = isGguf(format) ? ggufBlocks[format].values : valuesInBlock;
  const firstBlock = first / blockValues;
  const whole = weightLayout(format, sizeOf(shape));
  const piece = weightLayout(format, count);
  const heap = context.bytesOf(scratch);
  const base = context.address(scratch);
  let used = 0;
  const copy = (source: Uint8Array): number => {
    const at = Math.ceil(used / 16) * 16;
    heap.set(source, at);
    used = at + source.length;
    return base + at;
  };
  const part = (name: keyof Omit<WeightLayout, "bytes">, from: number, length: number): number => {
    const { offset } = whole[name] as Part;
    return copy(bytes.subarray(offset + from, offset + from + length));
  };
  const codes = part("codes", firstBlock * codeBytes(format, blockValues), piece.codes.bytes);
  let [scales, nested, firstNested, offset] = [0, 0, 0, 0];
  if (piece.scales !== undefined) {
    const scaleBytes = format === "nf4+dq" ? 1 : 4;
    scales = part("scales", firstBlock * scaleBytes, piece.scales.bytes);
    if (format === "nf4+dq") {
      const from = Math.floor(firstBlock / scalesInBlock);
      firstNested = firstBlock - from * scalesInBlock;
      const nestedCount = Math.ceil((firstNested + piece.scales.bytes) / scalesInBlock);
      nested = part("nestedScales", 4 * from, 4 * nestedCount);
      offset = floatAt(bytes, whole.scaleOffset!.offset);
    }
  }
  const usesNf4 = format === "nf4" || format === "nf4+dq";
  const codeTable = usesNf4 ? copy(new Uint8Array(tables.codes.buffer)) : 0;
  const scaleTable = format === "nf4+dq" ? copy(new Uint8Array(tables.scales.buffer)) : 0;
  context.runner.run("unpackWeights", Math.ceil(count / blockValues), 1200 * blockValues, [
    ...[weightFormats.indexOf(format), count, codes, scales, nested, firstNested, codeTable, scaleTable],
    ...[new Float(offset), to],
  ]);
}

/** Bytes of the codes of a block; of GGUF's formats, of all of it. */
function codeBytes(format: WeightFormat, values: number): number {
  return weightLayout(format, values).codes.bytes;
}

const floatAt = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getFloat32(0, true);
