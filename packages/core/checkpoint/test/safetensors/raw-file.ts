import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../temporary-directory.js";

/** Writes a safetensors file from its parts without any check; a number of data bytes stands for that many zeros. */
export function rawFile(header: unknown, data: Uint8Array | number = 0, headerBytes?: bigint): string {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(headerBytes ?? BigInt(json.length));
  const path = join(temporaryDirectory(), "model.safetensors");
  writeFileSync(path, Buffer.concat([prefix, json, typeof data === "number" ? Buffer.alloc(data) : data]));
  return path;
}
