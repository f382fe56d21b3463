import type { OutlinedRun, Plan } from "@petl/bench";
import type { RunRecord } from "@petl/results";
import { TimeEstimator } from "../../estimate/estimator.js";
import type { PlannedWork } from "../../estimate/plan-work.js";
import { evaluationsUpTo } from "../../estimate/work.js";
import { durationText } from "../../progress/run-lines.js";
import { section } from "../../terminal/section.js";

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
  const rows = rowsOf(dryRun);
  console.log(json ? JSON.stringify(asJson(dryRun, rows), null, 2) : asText(dryRun, rows));
}

/** A run of the outline, and what is known of it. */
interface Row {
  readonly outlined: OutlinedRun;
  readonly work: PlannedWork;
  /** Null while it depends on what a search has still to choose, or on data that are not there. */
  readonly id: string | null;
  readonly isDone: boolean;
}

function rowsOf({ plan, work, finished }: DryRun): Row[] {
  const known = new Map(plan.known(finished).map((run) => [run.slot, run]));
  return plan.outline.map((outlined, index) => {
    const run = known.get(outlined.slot);
    const id = run === undefined || plan.data === null ? null : run.id;
    return { outlined: run ?? outlined, work: work[index]!, id, isDone: run !== undefined && finished.has(run.id) };
  });
}

function asJson({ plan, out, finished }: DryRun, rows: readonly Row[]) {
  const expectedS = expectedTimeS(rows, finished);
  return {
    out,
    device: plan.device.provider.name,
    expectedTimeS: expectedS,
    expectedTimeSource: expectedS === null ? null : "finished runs",
    runs: rows.map(({ outlined: { stage, method, config, task, seed, settings, isSearched }, work, id, isDone }) => ({
      id,
      stage,
      method: method.name,
      config,
      task: task.name,
      seed,
      done: isDone,
      trainExamples: work.trainExamples,
      updates: work.steps,
      learningRate: id === null && isSearched ? null : settings.learningRate,
      evaluations: evaluationsUpTo(work.steps, work),
      evalExamples: work.evalExamples,
      testExamples: work.testExamples,
    })),
  };
}

function asText({ plan, out, finished }: DryRun, rows: readonly Row[]): string {
  const { suite, device, data } = plan;
  const missing = rows.filter(({ isDone }) => !isDone).length;
  const where = `on ${suite.backbone}, device ${device.provider.name}, into ${out}`;
  return [
    ...rows.map(rowText),
    "",
    section("Each run", [["task", "stage", "rows", "updates", "learning rate", "evaluations"], ...taskRows(rows)]),
    "",
    `${rows.length} runs, ${missing} to do, ${where}`,
    timeText(rows, finished, out),
    ...(data === null
      ? [
          "GLUE is not in the cache yet: the rows are those of its release. A real run downloads it, or takes the built-in sample offline (or pass --data DIR)",
        ]
      : []),
  ].join("\n");
}

function rowText({ outlined: { label, method, config, task, seed, slot, stage }, id, isDone }: Row): string {
  const told = label === method.name ? "" : `  ${label}`; // an id does not say which of its arms it is
  const name = id === null ? (stage === "final" ? `${label} on ${task.name}, seed ${seed}` : slot) : `${id}${told}`;
  return `${isDone ? "done" : "run "}  ${name}  ${JSON.stringify(config)}`;
}

/** One row for each task, stage and number of training rows; methods and seeds share it. */
function taskRows(rows: readonly Row[]): string[][] {
  const cells = rows.map(({ outlined: { task, stage, settings, isSearched }, work }) => {
    const { trainExamples, steps, evalExamples, testExamples } = work;
    const evaluations = evaluationsUpTo(steps, work);
    const scale = `${number(evaluations)} of ${number(evalExamples)} rows${testExamples > 0 ? `, then ${number(testExamples)} of dev` : ""}`;
    const rate = isSearched ? "searched" : String(settings.learningRate);
    return [task.name, stage, number(trainExamples), number(steps), rate, scale];
  });
  return [...new Map(cells.map((row) => [row.join(" "), row])).values()];
}

function timeText(rows: readonly Row[], finished: DryRun["finished"], out: string): string {
  if (rows.every(({ isDone }) => isDone)) return "expected time: none, all runs are completed";
  const seconds = expectedTimeS(rows, finished);
  if (seconds === null) return `expected time: unknown until a run is completed in ${out}`;
  return `expected time: ${durationText(seconds)}, from the ${finished.size} completed ${finished.size === 1 ? "run" : "runs"}`;
}

/** Seconds of the runs that are not completed, at the speed of those that are; null where none is. */
function expectedTimeS(rows: readonly Row[], finished: DryRun["finished"]): number | null {
  const missing = rows.filter(({ isDone }) => !isDone).map(({ work }) => work);
  if (missing.length === 0) return 0;
  const estimator = new TimeEstimator(missing, 0);
  for (const record of finished.values()) estimator.learn(record);
  return estimator.leftS(0);
}

const number = (value: number): string => value.toLocaleString("en-US");
