import { join } from "node:path";
import type { ProcessIdentity } from "@petl/files";

/** Where an output directory keeps the journal of the suite that runs, or ran last, in it. */
export const journalFile = (out: string): string => join(out, "progress.jsonl");

export const journalVersion = 1;

/** How a run ended: `diverged` is a trial whose rate made it so. */
export type RunEnding = "completed" | "diverged" | "failed" | "cancelled";

/** The first line: every run of the suite by its place in the plan, and those that were done before. */
export interface SuiteLine {
  readonly type: "suite";
  readonly version: number;
  readonly suite: string;
  readonly process: ProcessIdentity;
  readonly atS: number;
  readonly runs: readonly { readonly slot: string; readonly method: string; readonly task: string }[];
  readonly done: readonly { readonly slot: string; readonly ending: RunEnding; readonly score: number | null }[];
}

/** A line of a journal. Times are seconds since the Unix epoch; `leftS` is what the suite still takes, null while it cannot be told. */
export type JournalLine =
  | SuiteLine
  | { readonly type: "begin"; readonly slot: string; readonly atS: number }
  | { readonly type: "steps"; readonly slot: string; readonly steps: number }
  /** `loss` is null where it is not finite. */
  | {
      readonly type: "step";
      readonly slot: string;
      readonly step: number;
      readonly loss: number | null;
      readonly atS: number;
      readonly leftS: number | null;
    }
  | { readonly type: "evaluation"; readonly slot: string; readonly step: number; readonly score: number }
  | {
      readonly type: "ended";
      readonly slot: string;
      readonly ending: RunEnding;
      readonly score: number | null;
      readonly error: string | null;
    }
  | { readonly type: "elsewhere"; readonly slot: string; readonly by: string }
  /** The process does nothing more. */
  | { readonly type: "over"; readonly atS: number };
