import { CheckpointError } from "../error.js";
import type { TensorInfo } from "../tensor-source.js";

/**
 * The bytes before the data: the header's length, then the header, padded so that the data begins at a multiple of 8.
 *
 * @param tensors in the order of their data
 * @throws CheckpointError E_HEADER_INVALID for a name that the format reserves
 */
export function safetensorsHead(
  path: string,
  tensors: readonly (readonly [name: string, TensorInfo])[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array[] {
  const header: [string, unknown][] = metadata === undefined ? [] : [["__metadata__", metadata]];
  let position = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    checkName(path, name);
    header.push([name, { dtype, shape, data_offsets: [position, position + bytes] }]);
    position += bytes;
  }
  const json = paddedHeader(Object.fromEntries(header));
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  return [prefix, json];
}

function checkName(file: string, name: string): void {
  if (name !== "__metadata__") return;
  throw new CheckpointError("E_HEADER_INVALID", {
    file,
    expected: "tensor names other than __metadata__, which the format reserves",
    got: "a tensor of that name",
    remedy: "rename the tensor",
  });
}

function paddedHeader(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.byteLength / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}
