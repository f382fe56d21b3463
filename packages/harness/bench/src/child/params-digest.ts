import { createHash } from "node:crypto";
import type { Params } from "@petl/spec";

/** SHA-256 of tensors in the order of their names: each name, its shape and its values as 32-bit floats, one at a time. */
export async function paramsDigest(params: Params): Promise<string> {
  const hash = createHash("sha256");
  for (const name of Object.keys(params).sort()) {
    const tensor = params[name]!;
    const { buffer, byteOffset, byteLength } = (await tensor.data()) as Float32Array;
    hash.update(`${name} ${tensor.shape.join(",")}\n`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
