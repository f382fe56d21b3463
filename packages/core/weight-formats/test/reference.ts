import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { WritableFormat } from "../src/index.js";

interface Encoded {
  readonly parts: Readonly<Record<string, string>>;
  /** SHA-256 of the values read. */
  readonly read: string;
}

interface Reference {
  readonly nf4Values: string;
  readonly dynamicMap: string;
  readonly cases: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: string;
    readonly formats: Readonly<Partial<Record<WritableFormat, Encoded>>>;
  }[];
  readonly many: readonly ({ readonly count: number } & Encoded)[];
  readonly gguf: readonly {
    readonly format: "q8_0" | "q4_0" | "q4_1" | "q4_k" | "q6_k";
    readonly blocks: string;
    readonly read: string;
  }[];
}

/** What other libraries make of weights (`scripts/fixtures/weight-formats.py`); data in base64. */
export const reference = JSON.parse(
  readFileSync(fileURLToPath(new URL("fixtures/weight-formats.json", import.meta.url)), "utf8"),
) as Reference;

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

export const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);
