import { type OutlinedRun, type Plan, type TaskRows, trainExamples as trainedRows } from "@petl/bench";
import { heldOutRows } from "@petl/task";
import { plannedSteps } from "@petl/trainer";
import type { RunWork } from "./work.js";

/** What a run will do, and what on. */
export interface PlannedWork extends RunWork {
  readonly trainExamples: number;
  /** Tokens of a source text, at most. */
  readonly maxLength: number;
}

/** The work of every run of a plan, in its order. */
export function planWork({ outline, rows }: Pick<Plan, "outline" | "rows">): PlannedWork[] {
  return outline.map((run) => workOf(run, rows(run.task)));
}

function workOf({ slot, stage, method, task, settings, options }: OutlinedRun, rows: TaskRows): PlannedWork {
  const { protocol, evalLimit, validation } = options;
  const trainExamples = trainedRows(rows.train, options);
  const { steps, stepsPerEpoch } = plannedSteps(settings, trainExamples);
  const onDev = rows.evaluations.reduce((sum, each) => sum + Math.min(each, evalLimit ?? each), 0);
  const isTuned = protocol === "tuned";
  return {
    slot,
    method: method.name,
    task: task.name,
    trainExamples,
    maxLength: settings.maxLength,
    steps,
    stepsPerEpoch,
    evalEvery: settings.evalEvery ?? stepsPerEpoch,
    evalExamples: isTuned ? heldOutRows(rows.train, validation) : onDev,
    testExamples: isTuned && stage !== "trial" ? onDev : 0,
    batchSize: settings.batchSize,
    mayStopEarly: settings.patience !== null,
  };
}
