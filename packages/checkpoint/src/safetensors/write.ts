import { writeAtomically } from "../atomic-write.js";
import { CheckpointError } from "../error.js";
import { f32ToF16 } from "./half-floats.js";

/** A tensor to write: values row-major, as many as the shape's product. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface WriteOptions {
  /** Element type on disk; F16 rounds to nearest even. Default F32. */
  readonly dtype?: "F32" | "F16";
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a safetensors file atomically, tensors in the order given, the data aligned to 8 bytes.
 *
 * @throws CheckpointError E_SHAPE_MISMATCH before anything is written, E_WRITE_FAILED
 */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorData>>,
  options: WriteOptions = {},
): void {
  const { dtype = "F32", metadata } = options;
  const elementBytes = dtype === "F32" ? 4 : 2;
  const header: [string, unknown][] = metadata === undefined ? [] : [["__metadata__", metadata]];
  let position = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    checkTensor(path, name, shape, values);
    const end = position + values.length * elementBytes;
    header.push([name, { dtype, shape, data_offsets: [position, end] }]);
    position = end;
  }
  const json = paddedHeader(Object.fromEntries(header));
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  writeAtomically(path, chunks([prefix, json], Object.values(tensors), dtype));
}

function checkTensor(file: string, name: string, shape: readonly number[], values: Float32Array): void {
  if (name === "__metadata__") {
    throw new CheckpointError("E_HEADER_INVALID", {
      file,
      expected: "tensor names other than __metadata__, which the format reserves",
      got: "a tensor of that name",
      remedy: "rename the tensor",
    });
  }
  const count = shape.reduce((product, length) => product * length, 1);
  if (count === values.length) return;
  throw new CheckpointError("E_SHAPE_MISMATCH", {
    file,
    expected: `tensor "${name}" of shape [${shape.join(", ")}] to have ${count} values`,
    got: `${values.length}`,
    remedy: "pass the values that belong to the shape",
  });
}

function paddedHeader(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.byteLength / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}

function* chunks(head: Uint8Array[], tensors: readonly TensorData[], dtype: "F32" | "F16"): Generator<Uint8Array> {
  yield* head;
  for (const { values } of tensors) {
    const data = dtype === "F32" ? values : f32ToF16(values);
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}
