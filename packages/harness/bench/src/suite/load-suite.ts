import { existsSync } from "node:fs";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { checkRegular, FileError, parseJson, readText } from "@petl/files";
import { BenchError, firstLine } from "../errors.js";
import { isOwnFile } from "../resolve/packages.js";
import type { Places } from "../resolve/places.js";
import { parseSuite, type Suite } from "./schema.js";

const kinds = [".json", ".js", ".mjs", ".cjs", ".ts", ".mts"];

/** A suite of ten thousand arms has less. */
const mostBytes = 16 << 20;

/**
 * Reads a suite from a `.json` file, or from the default export of a `.js`, `.mjs` or (where Node strips types) `.ts` module.
 *
 * @throws BenchError E_SUITE_INVALID
 */
export async function loadSuite(file: string, { onOutside }: Places = {}): Promise<Suite> {
  if (!existsSync(file)) throw new BenchError("E_SUITE_INVALID", `suite ${file}: no such file`);
  const kind = extname(file);
  if (!kinds.includes(kind))
    throw new BenchError(
      "E_SUITE_INVALID",
      `suite ${file}: expected a file of the kind ${kinds.join(", ")}, got ${kind === "" ? "none" : kind}`,
    );
  if (kind !== ".json" && !isOwnFile(file)) onOutside?.(`suite ${file} (command line)`);
  return parseSuite(kind === ".json" ? await readJson(file) : await importDefault(file), `suite ${file}`);
}

function refused(file: string, cause: FileError): BenchError {
  const { expected, got } = cause;
  return new BenchError("E_SUITE_INVALID", `suite ${file}: expected ${expected}, got ${got}`, { cause });
}

async function readJson(file: string): Promise<unknown> {
  try {
    return parseJson(readText(file, mostBytes));
  } catch (cause) {
    if (cause instanceof FileError) throw refused(file, cause);
    throw new BenchError("E_SUITE_INVALID", `suite ${file}: not JSON: ${(cause as Error).message}`, { cause });
  }
}

async function importDefault(file: string): Promise<unknown> {
  try {
    checkRegular(file);
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    if (cause instanceof FileError) throw refused(file, cause);
    const isUnstripped = (cause as NodeJS.ErrnoException | null)?.code === "ERR_UNKNOWN_FILE_EXTENSION";
    const why = isUnstripped
      ? `Node ${process.version} cannot import TypeScript; use Node 22.18 or newer, .mjs or .json`
      : firstLine(cause);
    throw new BenchError("E_SUITE_INVALID", `suite ${file}: ${why}`, { cause });
  }
  throw new BenchError("E_SUITE_INVALID", `suite ${file}: expected a default export, got none`);
}
