import type { RecordProblem } from "@petl/results";

/** What a report is told besides the records. */
export interface ReportOptions {
  /** Method that costs and scores are compared with, by name; null: no relative figures. */
  readonly reference: string | null;
  readonly title?: string;
  /** Where the records were read from, for the message when there are none. */
  readonly directories?: readonly string[];
  /** Files that could not be read, as `readRecords` names them. */
  readonly problems?: readonly RecordProblem[];
  /** Bytes as MB, GB = 10^6, 10^9 ("decimal", the default) or MiB, GiB = 2^20, 2^30 ("binary"). */
  readonly byteUnit?: ByteUnit;
  /** ISO time to print; left out, the report depends on nothing but the records. */
  readonly generatedAt?: string;
}

export type ByteUnit = "decimal" | "binary";
