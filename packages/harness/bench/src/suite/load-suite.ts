import { once } from "node:events";
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { checkRegular, FileError, parseJson, readText } from "@petl/files";
import { BenchError, firstLine } from "../errors.js";
import { isOwnFile } from "../resolve/packages.js";
import type { Places } from "../resolve/places.js";
import type { ImportedSuite } from "./import-suite.js";
import { parseSuite, type Suite } from "./schema.js";

/** Built output, from the sources as well: only JavaScript can run in a thread. */
const program = fileURLToPath(new URL("../../dist/suite/import-suite.js", import.meta.url));
const longestImportMs = 30_000;
const kinds = [".json", ".js", ".mjs", ".cjs", ".ts", ".mts"];

/** A suite of ten thousand arms has less. */
const mostBytes = 16 << 20;

/**
 * Reads a suite from a `.json` file, or from the default export of a `.js`, `.mjs` or (where Node strips types) `.ts` module,
 * which has `limitMs` milliseconds to give it.
 *
 * @throws BenchError E_SUITE_INVALID
 */
export async function loadSuite(file: string, { onOutside }: Places = {}, limitMs = longestImportMs): Promise<Suite> {
  if (!existsSync(file)) throw new BenchError("E_SUITE_INVALID", `suite ${file}: no such file`);
  const kind = extname(file);
  if (!kinds.includes(kind))
    throw new BenchError(
      "E_SUITE_INVALID",
      `suite ${file}: expected a file of the kind ${kinds.join(", ")}, got ${kind === "" ? "none" : kind}`,
    );
  if (kind !== ".json") {
    refuseOther(file);
    if (!isOwnFile(file)) onOutside?.(`suite ${file} (command line)`);
  }
  return parseSuite(kind === ".json" ? await readJson(file) : await importDefault(file, limitMs), `suite ${file}`);
}

function refused(file: string, cause: FileError): BenchError {
  const { expected, got } = cause;
  return new BenchError("E_SUITE_INVALID", `suite ${file}: expected ${expected}, got ${got}`, { cause });
}

function refuseOther(file: string): void {
  try {
    checkRegular(file);
  } catch (cause) {
    throw cause instanceof FileError ? refused(file, cause) : cause;
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return parseJson(readText(file, mostBytes));
  } catch (cause) {
    if (cause instanceof FileError) throw refused(file, cause);
    throw new BenchError("E_SUITE_INVALID", `suite ${file}: not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** In a thread, so that a module that ends its process, waits for ever or never returns cannot do so to this one. */
async function importDefault(file: string, limitMs: number): Promise<unknown> {
  const thread = new Worker(program, { workerData: pathToFileURL(file).href, stdout: true });
  thread.stdout.on("data", (chunk: Buffer) => process.stderr.write(chunk)); // stdout is for results
  const timeout = new AbortController();
  try {
    const answer = await Promise.race([
      once(thread, "message").then(([message]) => message as ImportedSuite),
      once(thread, "exit").then(() => problem(endedEarly)),
      delay(limitMs, undefined, { signal: timeout.signal }).then(() => problem(endless(limitMs))),
    ]).catch((error: unknown) => problem(firstLine(error)));
    if ("value" in answer) return answer.value;
    const isUnstripped = answer.code === "ERR_UNKNOWN_FILE_EXTENSION";
    const why = isUnstripped
      ? `Node ${process.version} cannot import TypeScript; use Node 22.18 or newer, .mjs or .json`
      : answer.problem;
    throw new BenchError("E_SUITE_INVALID", `suite ${file}: ${why}`);
  } finally {
    timeout.abort();
    await thread.terminate();
  }
}

const problem = (text: string): ImportedSuite => ({ problem: text, code: null });
const noSuite = "expected a default export, got none";
const endedEarly = `${noSuite} before the module ended; does it call process.exit, or await something that never happens?`;
const endless = (limitMs: number): string =>
  `${noSuite} within ${limitMs / 1000} s; does it wait for something that never happens?`;
