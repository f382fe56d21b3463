import type { Suite } from "@petl/bench";
import { FileError, parseJson, readText } from "@petl/files";
import { UsageError } from "../../exit.js";

const mostBytes = 16 << 20;

/** The learning rates in a file that `bench tune` wrote; the suite's schema checks each. @throws UsageError */
export function readRates(file: string): Suite["rates"] {
  const fail = (why: string): never => {
    throw new UsageError(`--rates ${file}: ${why}; expected the rates.json of bench tune`);
  };
  let content: unknown;
  try {
    content = parseJson(readText(file, mostBytes));
  } catch (error) {
    if (error instanceof FileError) return fail(`expected ${error.expected}, got ${error.got}`);
    return fail((error as Error).message);
  }
  const { rates } = (typeof content === "object" && content !== null ? content : {}) as { rates?: unknown };
  return Array.isArray(rates) ? (rates as Suite["rates"]) : fail("it has no list of rates");
}
