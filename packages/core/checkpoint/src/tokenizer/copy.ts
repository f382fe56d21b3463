import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE, SMALL_FILES } from "../file-names.js";

/** Names of the files in a checkpoint's directory that describe its tokenizer. */
export function tokenizerFiles(directory: string): string[] {
  return SMALL_FILES.filter((name) => name !== CONFIG_FILE && existsSync(join(directory, name)));
}

/** Copies the files that describe a checkpoint's tokenizer from one directory into another. */
export function copyTokenizer(from: string, to: string): void {
  for (const name of tokenizerFiles(from)) copyFileSync(join(from, name), join(to, name));
}
