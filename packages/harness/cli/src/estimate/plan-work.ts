import type { Plan } from "@petl/bench";
import type { Task } from "@petl/glue";
import { plannedSteps } from "@petl/trainer";
import type { RunWork } from "./work.js";

/** Usable rows of a task: those of the files at hand, or, before they are downloaded, of GLUE's release. */
interface Rows {
  readonly train: number;
  /** Of each evaluation split. */
  readonly evaluations: readonly number[];
}

/** What a run will do, and what on. */
export interface PlannedWork extends RunWork {
  readonly trainExamples: number;
  /** Tokens of a source text, at most. */
  readonly maxLength: number;
}

/** The work of every run of a plan, in its order. */
export async function planWork({ runs, suite, data }: Pick<Plan, "runs" | "suite" | "data">): Promise<PlannedWork[]> {
  const rows = new Map<Task, Rows>();
  for (const { task } of runs) if (!rows.has(task)) rows.set(task, await rowsOf(task, data));
  return runs.map(({ id, method, task, settings, options: { limit } }) => {
    const { train, evaluations } = rows.get(task)!;
    const trainExamples = Math.min(train, limit ?? train);
    const { steps, stepsPerEpoch } = plannedSteps(settings, trainExamples);
    return {
      id,
      method: method.name,
      task: task.name,
      trainExamples,
      maxLength: settings.maxLength,
      steps,
      stepsPerEpoch,
      evalEvery: settings.evalEvery ?? stepsPerEpoch,
      evalExamples: evaluations.reduce((sum, each) => sum + Math.min(each, suite.evalLimit ?? each), 0),
      batchSize: settings.batchSize,
      mayStopEarly: settings.patience !== null,
    };
  });
}

async function rowsOf(task: Task, data: Plan["data"]): Promise<Rows> {
  if (data === null)
    return {
      train: task.splits.train?.officialRows ?? 0,
      evaluations: task.evaluations.map((name) => task.splits[name]?.officialRows ?? 0),
    };
  const { train, evaluations } = await data.load(task, { limit: 1, evalLimit: 1 });
  return { train: train.file.rows, evaluations: evaluations.map(({ file }) => file.rows) };
}
