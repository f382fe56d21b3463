import { join } from "node:path";
import {
  checkOutput,
  findEarlierOutput,
  finishedRuns,
  type Plan,
  runSuite,
  type SuiteResult,
  workspaceRoot,
} from "@petl/bench";
import type { RunRecord } from "@petl/results";
import { checkTrackers, openTrackers } from "@petl/tracking";
import { checkEngineFlags } from "../../engines/engine-flags.js";
import { handOver } from "../../engines/hand-over.js";
import { planWork } from "../../estimate/plan-work.js";
import { SuiteClock } from "../../estimate/suite-clock.js";
import type { ExitCode } from "../../exit.js";
import { openProgress } from "../../progress/open-progress.js";
import { SuiteJournal } from "../../progress/suite-journal.js";
import { userDirectory, userPath } from "../../user-directory.js";
import { printDryRun } from "./dry-run.js";
import { foreignRatesNotice } from "./fitted-settings.js";
import type { GlueFlags } from "./flags.js";
import { largeSuiteNotice } from "./large-suite.js";
import { makePlan } from "./make-plan.js";
import { type ChosenSuite, suiteFromFlags } from "./suite-from-flags.js";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs what is missing of a suite, then reports all of it. */
export function runGlue(flags: GlueFlags): Promise<ExitCode> {
  return runPlanned(flags, {
    adapt: (chosen) => chosen,
    searchOnly: false,
    finish: async () => (await import("./finish-suite.js")).finishSuite, // charts are loaded where they are drawn
  });
}

/** What one command does with a suite that another does otherwise. */
export interface Purpose {
  adapt(chosen: ChosenSuite): ChosenSuite;
  readonly searchOnly: boolean;
  /** What shows the result. */
  finish(): Promise<(plan: Plan, out: string, result: SuiteResult, flags: GlueFlags) => Promise<ExitCode>>;
}

/** Plans the suite of the flags, runs what is missing of it, and shows the result. */
export async function runPlanned(flags: GlueFlags, { adapt, searchOnly, finish }: Purpose): Promise<ExitCode> {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130); // asked twice
    stop.abort();
    if (isRunning)
      progress.note(
        "stopping: what is in hand keeps its state, for which it has half a minute; ask again to end at once",
      );
  };
  let isRunning = false;
  checkEngineFlags(flags);
  checkTrackers(flags.log ?? []);
  const progress = openProgress(flags);
  for (const name of endings) process.on(name, onSignal);
  try {
    const chosen = adapt(await suiteFromFlags(flags));
    const plan = await makePlan(chosen, { ...flags, searchOnly }, progress, stop.signal);
    const out = chooseOutput(plan, flags);
    checkOutput(out, plan, flags.suite === undefined ? [] : [{ what: "the suite", path: userPath(flags.suite) }]);
    const finished = flags.force ? new Map<string, RunRecord>() : await finishedRuns(plan, out);
    const done = bySlot(plan, finished);
    const work = planWork(plan);
    const todo = work.filter(({ slot }) => !done.has(slot));
    const warnings = [foreignRatesNotice(plan.suite), await largeSuiteNotice(plan, todo, chosen.places)].filter(
      (notice) => notice !== null,
    );
    if (flags.engine !== "local") {
      for (const notice of plan.notices) progress.note(notice);
      for (const warning of warnings) progress.warn(warning);
      progress.close();
      const given = handOver(plan, out, new Set(done.keys()), { searchOnly, flags });
      if (flags.engine === "slurm") return (await import("../../engines/slurm.js")).toSlurm(given);
      return (await import("../../engines/kubernetes.js")).toKubernetes(given);
    }
    if (flags.dryRun) {
      for (const warning of warnings) progress.warn(warning);
      printDryRun({ plan, out, work, finished }, flags.json ?? false);
      return 0;
    }
    progress.useClock(new SuiteClock(work, done, performance.now() / 1000));
    const { force = false, save = false, allowBusy = false, parallel, gpus } = flags;
    const { resume: keepRunState, coolDown: coolDownS, log = [] } = flags;
    const { name, backbone } = plan.suite;
    const warn = (line: string): void => progress.warn(line);
    const trackers = await openTrackers(log, { name, backbone, out }, progress);
    const journal = new SuiteJournal({ out, suite: name, work, done, warn });
    const onEvent = (event: Parameters<typeof progress.on>[0]): void => {
      // not before: a refused suite prints one line only
      if (event.type === "suite") {
        for (const notice of plan.notices) progress.note(notice);
        for (const warning of warnings) progress.warn(warning);
      }
      progress.on(event);
      trackers.on(event);
      journal.on(event);
    };
    isRunning = true;
    const result = await runSuite(plan, {
      ...{ out, force, save, allowBusy, parallel, gpus, keepRunState, coolDownS },
      signal: stop.signal,
      onEvent,
    }).finally(async () => {
      journal.close();
      await trackers.close();
    });
    progress.close();
    return await (await finish())(plan, out, result, flags);
  } catch (error) {
    if (stop.signal.aborted) return 130; // while data was downloaded: nothing was begun
    throw error;
  } finally {
    progress.close();
    for (const name of endings) process.off(name, onSignal);
  }
}

/** Finished runs by their places in the plan. */
function bySlot(plan: Plan, finished: ReadonlyMap<string, RunRecord>): Map<string, RunRecord> {
  const runs = plan.known(finished).filter(({ id }) => finished.has(id));
  return new Map(runs.map(({ id, slot }) => [slot, finished.get(id)!]));
}

function chooseOutput(plan: Plan, { out, force }: GlueFlags): string {
  if (out !== undefined) return userPath(out);
  const reports = join(workspaceRoot(process.cwd()) ?? userDirectory(), "reports");
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const earlier = force ? undefined : findEarlierOutput(reports, plan);
  return earlier ?? join(reports, `${plan.suite.name}-${time}`);
}
