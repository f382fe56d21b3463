import type { RecordProblem, RunRecord } from "@petl/results";
import type { PlannedTable, PublishedTable } from "./quoted.js";
import type { RunTrace } from "./trace.js";

/** What a report is told besides the records. */
export interface ReportOptions {
  /** Method that costs and scores are compared with, by name, or one of its variants by its label; null: no relative figures. */
  readonly reference: string | null;
  readonly title?: string;
  /** Where the records were read from, for the message when there are none. */
  readonly directories?: readonly string[];
  /** Files that could not be read, as `readRecords` names them. */
  readonly problems?: readonly RecordProblem[];
  /** Figures of others, shown apart from the measured ones. */
  readonly published?: readonly PublishedTable[];
  /** Predicted figures of the same methods, shown apart from the measured ones. */
  readonly planned?: readonly PlannedTable[];
  /** Addresses of the records relative to the report, to link them. */
  readonly recordFiles?: ReadonlyMap<RunRecord, string>;
  /** Power and memory over time, by record. */
  readonly traces?: ReadonlyMap<RunRecord, RunTrace>;
  /** Share of the reference's score whose cost is told; default 0.95. */
  readonly reachShare?: number;
  /** Leave out runs of uncommitted code and name them. By default they stay, with a notice. */
  readonly cleanOnly?: boolean;
  /** ISO time to print; left out, the report depends on nothing but the records. */
  readonly generatedAt?: string;
}
