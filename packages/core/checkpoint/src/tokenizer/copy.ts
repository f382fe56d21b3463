import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE, SMALL_FILES } from "../file-names.js";

/** Copies the files that describe a checkpoint's tokenizer from one directory into another. */
export function copyTokenizer(from: string, to: string): void {
  const files = SMALL_FILES.filter((name) => name !== CONFIG_FILE && existsSync(join(from, name)));
  for (const name of files) copyFileSync(join(from, name), join(to, name));
}
