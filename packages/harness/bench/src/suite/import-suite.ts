// The program of a thread: imports a suite's module and hands its default export over as data.
import { parentPort, workerData } from "node:worker_threads";
import { firstLine } from "../thrown-text.js"; // imports no package: a thread of a test would find its sources

/** What the thread says of a module. */
export type ImportedSuite = { readonly value: unknown } | { readonly problem: string; readonly code: string | null };

const port = parentPort!;
try {
  const module = (await import(workerData as string)) as { default?: unknown };
  port.postMessage(
    module.default === undefined
      ? { problem: "expected a default export, got none", code: null }
      : { value: module.default },
  );
} catch (thrown) {
  port.postMessage(problemOf(thrown));
}

function problemOf(thrown: unknown): ImportedSuite {
  if (!(thrown instanceof Error)) return { problem: firstLine(thrown), code: null };
  const { code = null } = thrown as NodeJS.ErrnoException;
  if (thrown.name === "DataCloneError")
    return { problem: `expected plain data as its default export (${thrown.message})`, code: null };
  return { problem: firstLine(thrown), code };
}
