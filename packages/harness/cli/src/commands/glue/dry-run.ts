import type { Plan } from "@petl/bench";
import type { RunRecord } from "@petl/results";
import { TimeEstimator } from "../../estimate/estimator.js";
import type { PlannedWork } from "../../estimate/plan-work.js";
import { evaluationsUpTo } from "../../estimate/work.js";
import { durationText } from "../../progress/run-lines.js";
import { section } from "../../section.js";

/** What `bench glue` would do, and what is known of it. */
export interface DryRun {
  readonly plan: Plan;
  readonly out: string;
  /** One for each run, in the plan's order. */
  readonly work: readonly PlannedWork[];
  /** The runs that are completed in `out`, by id. */
  readonly finished: ReadonlyMap<string, RunRecord>;
}

/** Prints the runs, what each trains and evaluates on, and the time they will take where finished runs tell. */
export function printDryRun(dryRun: DryRun, json: boolean): void {
  console.log(json ? JSON.stringify(asJson(dryRun), null, 2) : asText(dryRun));
}

function asJson({ plan, out, work, finished }: DryRun) {
  const expectedS = expectedTimeS({ work, finished });
  return {
    out,
    device: plan.device.provider.name,
    expectedTimeS: expectedS,
    expectedTimeSource: expectedS === null ? null : "finished runs",
    runs: plan.runs.map(({ id, method, config, task, seed, settings }, index) => ({
      id: plan.data === null ? null : id,
      method: method.method.name,
      config,
      task: task.name,
      seed,
      done: finished.has(id),
      trainExamples: work[index]!.trainExamples,
      updates: work[index]!.steps,
      learningRate: settings.learningRate,
      evaluations: evaluationsUpTo(work[index]!.steps, work[index]!),
      evalExamples: work[index]!.evalExamples,
    })),
  };
}

function asText(dryRun: DryRun): string {
  const { plan, out, work, finished } = dryRun;
  const { suite, device, data } = plan;
  const runs = plan.runs.map(({ id, method, config, task, seed }) => {
    const name = data === null ? `${method.method.name} ${task.name} ${seed}` : id;
    return `${finished.has(id) ? "done" : "run "}  ${name}  ${JSON.stringify(config)}`;
  });
  const missing = plan.runs.filter(({ id }) => !finished.has(id)).length;
  const where = `on ${suite.backbone}, device ${device.provider.name}, into ${out}`;
  return [
    ...runs,
    "",
    section("Each run", [["task", "rows", "updates", "learning rate", "evaluations"], ...taskRows(plan, work)]),
    "",
    `${runs.length} runs, ${missing} to do, ${where}`,
    timeText(dryRun, missing),
    ...(data === null
      ? [
          "GLUE is not in the cache yet: the rows are those of its release. A real run downloads it, or takes the built-in sample offline (or pass --data DIR)",
        ]
      : []),
  ].join("\n");
}

/** One row for each task and number of training rows; methods and seeds share it. */
function taskRows({ runs }: Plan, work: readonly PlannedWork[]): string[][] {
  const rows = runs.map(({ task, settings }, index) => {
    const { trainExamples, steps, evalExamples } = work[index]!;
    const evaluations = evaluationsUpTo(steps, work[index]!);
    const scale = `${number(evaluations)} of ${number(evalExamples)} rows`;
    return [task.name, number(trainExamples), number(steps), String(settings.learningRate), scale];
  });
  return [...new Map(rows.map((row) => [row.join(" "), row])).values()];
}

function timeText({ work, finished, out }: DryRun, missing: number): string {
  if (missing === 0) return "expected time: none, all runs are completed";
  const seconds = expectedTimeS({ work, finished });
  if (seconds === null) return `expected time: unknown until a run is completed in ${out}`;
  return `expected time: ${durationText(seconds)}, from the ${finished.size} completed ${finished.size === 1 ? "run" : "runs"}`;
}

/** Seconds of the runs that are not completed, at the speed of those that are; null where none is. */
function expectedTimeS({ work, finished }: Pick<DryRun, "work" | "finished">): number | null {
  const missing = work.filter(({ id }) => !finished.has(id));
  if (missing.length === 0) return 0;
  const estimator = new TimeEstimator(missing, 0);
  for (const record of finished.values()) estimator.learn(record);
  return estimator.leftS(0);
}

const number = (value: number): string => value.toLocaleString("en-US");
