import { type StoredWeight, type WeightFormat, weightLayout } from "@petl/weight-formats";
import { CheckpointError } from "./error.js";

/** A tensor that is made when it is written. */
export interface LazyStoredTensor<Format extends WeightFormat | "f32" = WeightFormat | "f32"> {
  readonly shape: readonly number[];
  readonly format: Format;
  /** Values for `f32`, else the weight in that format and shape. */
  read(): Float32Array | StoredWeight | Promise<Float32Array | StoredWeight>;
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Bytes of a tensor of this shape and format, as `weightLayout` lays them out. */
export const bytesOf = ({ shape, format }: Pick<LazyStoredTensor, "shape" | "format">): number =>
  format === "f32" ? 4 * countOf(shape) : weightLayout(format, countOf(shape)).bytes;

/** What a tensor reads, as bytes. @throws CheckpointError E_SHAPE_MISMATCH where it is not what it was said to be */
export async function readBytesOf(file: string, name: string, tensor: LazyStoredTensor): Promise<Uint8Array> {
  const given = await tensor.read();
  const isPlain = given instanceof Float32Array;
  const bytes = isPlain ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : given.bytes;
  const expected = bytesOf(tensor);
  if ((isPlain ? "f32" : given.format) === tensor.format && bytes.length === expected) return bytes;
  throw new CheckpointError("E_SHAPE_MISMATCH", {
    file,
    expected: `tensor "${name}" of shape [${tensor.shape.join(", ")}] to be ${expected} bytes of ${tensor.format}`,
    got: `${bytes.length} bytes of ${isPlain ? "f32" : given.format}`,
    remedy: "pass the weight that belongs to the shape and format",
  });
}
