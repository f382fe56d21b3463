import { parseCells, parseNumber } from "../gpu/fields.js";
import { parseTimestamp } from "../gpu/timestamp.js";

const FORMAT = "--format=csv,noheader,nounits";

/** The query that lists the device memory of each compute process. */
export const PROCESS_QUERY = ["--query-compute-apps=pid,used_memory", FORMAT];

/** The same for a long-lived query, with the time in each row. */
export const STAMPED_PROCESS_QUERY = ["--query-compute-apps=timestamp,pid,used_memory", FORMAT];

/** Device memory of one process; null where the driver gives no figure. */
export interface ProcessRow {
  readonly pid: number;
  readonly bytes: number | null;
}

/** One line of `PROCESS_QUERY`; null if it is no such line. */
export function parseProcess(line: string): ProcessRow | null {
  return processOf(parseCells(line) ?? []);
}

/** One line of `STAMPED_PROCESS_QUERY`, with the driver's wall-clock time; null if it is no such line. */
export function parseStampedProcess(line: string): (ProcessRow & { readonly stampS: number }) | null {
  const [stamp = "", ...cells] = parseCells(line) ?? [];
  const [stampS, row] = [parseTimestamp(stamp), processOf(cells)];
  return stampS === null || row === null ? null : { stampS, ...row };
}

function processOf(cells: readonly string[]): ProcessRow | null {
  const [pid = "", used = ""] = cells;
  if (cells.length !== 2 || !/^\d+$/.test(pid)) return null;
  const usedMiB = parseNumber(used);
  if (Number.isNaN(usedMiB)) return null;
  return { pid: Number(pid), bytes: usedMiB === null ? null : usedMiB * 2 ** 20 };
}
