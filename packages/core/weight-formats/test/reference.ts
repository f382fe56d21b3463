import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { GgufFormat, WeightFormat } from "../src/index.js";

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
    readonly formats: Readonly<Partial<Record<WeightFormat, Encoded>>>;
  }[];
  readonly many: readonly ({ readonly count: number } & Encoded)[];
  readonly gguf: readonly {
    readonly format: GgufFormat;
    readonly blocks: string;
    readonly read: string;
  }[];
  /** Values, and the sum of their squared errors as ggml stores them. */
  readonly ggml: readonly {
    readonly name: string;
    readonly values: string;
    readonly squaredErrors: Readonly<Record<GgufFormat, number>>;
  }[];
}

/** What other libraries make of weights (`scripts/fixtures/weight-formats.py`); data in base64. */
export const reference = JSON.parse(
  readFileSync(fileURLToPath(new URL("fixtures/weight-formats.json", import.meta.url)), "utf8"),
) as Reference;

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

export const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);
