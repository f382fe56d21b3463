import type { RunRecord } from "@petl/results";
import type { ChildEvent } from "../child/protocol.js";
import type { PlannedRun } from "../suite/planned-run.js";

/** An event of a running suite. */
export type BenchEvent =
  /** `done` of `total` runs have a completed record already; `workers` runs go on at the same time. */
  | {
      readonly type: "suite";
      readonly total: number;
      readonly done: number;
      readonly workers: number;
      readonly out: string;
    }
  | { readonly type: "check"; readonly event: ChildEvent }
  /** `index` counts from 1 over all runs of the suite. Several runs may go on at the same time. */
  | { readonly type: "run-begin"; readonly run: PlannedRun; readonly index: number; readonly total: number }
  | { readonly type: "run-event"; readonly run: PlannedRun; readonly event: ChildEvent }
  | { readonly type: "run-end"; readonly run: PlannedRun; readonly record: RunRecord }
  | { readonly type: "unsaved"; readonly run: PlannedRun; readonly message: string }
  /** Another process does this run; it is left to it. `by` says which. */
  | { readonly type: "elsewhere"; readonly run: PlannedRun; readonly by: string }
  /** A damaged record was moved out of the way of a run that is done again. */
  | { readonly type: "set-aside"; readonly message: string };
