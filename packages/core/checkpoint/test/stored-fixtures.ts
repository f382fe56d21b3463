import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Files in 4 bits that other libraries wrote, and what they read of them (`scripts/fixtures/stored-weights.py`). */
export const storedFixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/stored/${name}`, import.meta.url));

interface ReadBack {
  /** Of the file that we write. */
  readonly sha256: string;
  /** Of each tensor's values as bitsandbytes reads that file. */
  readonly read: Readonly<Record<string, string>>;
}

export const readBack = (
  JSON.parse(readFileSync(storedFixture("about.json"), "utf8")) as {
    readonly readBack: Readonly<Record<string, ReadBack>>;
  }
).readBack;
