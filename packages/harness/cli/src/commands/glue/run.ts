import { join } from "node:path";
import {
  checkOutput,
  findEarlierOutput,
  finishedRuns,
  type Places,
  type Plan,
  runSuite,
  workspaceRoot,
} from "@petl/bench";
import type { RunRecord } from "@petl/results";
import { type PlannedWork, planWork } from "../../estimate/plan-work.js";
import { SuiteClock } from "../../estimate/suite-clock.js";
import type { ExitCode } from "../../exit.js";
import { openProgress } from "../../progress/open-progress.js";
import { userDirectory, userPath } from "../../user-directory.js";
import { printDryRun } from "./dry-run.js";
import { foreignRatesNotice } from "./fitted-settings.js";
import type { GlueFlags } from "./flags.js";
import { largeSuiteNotice } from "./large-suite.js";
import { makePlan } from "./make-plan.js";
import { suiteFromFlags } from "./suite-from-flags.js";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs what is missing of a suite, then reports all of it. */
export async function runGlue(flags: GlueFlags): Promise<ExitCode> {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130); // asked twice
    stop.abort();
  };
  for (const name of endings) process.on(name, onSignal);
  const progress = openProgress(flags);
  try {
    const chosen = await suiteFromFlags(flags);
    const plan = await makePlan(chosen, flags, progress, stop.signal);
    const out = chooseOutput(plan, flags);
    checkOutput(out, plan, flags.suite === undefined ? [] : [{ what: "the suite", path: userPath(flags.suite) }]);
    const finished = flags.force ? new Map<string, RunRecord>() : await finishedRuns(plan, out);
    const work = await planWork(plan);
    const warnings = await suiteWarnings(plan, chosen.places, work, finished);
    if (flags.dryRun) {
      for (const warning of warnings) progress.warn(warning);
      printDryRun({ plan, out, work, finished }, flags.json ?? false);
      return 0;
    }
    progress.useClock(new SuiteClock(work, finished, performance.now() / 1000));
    const { force = false, save = false, allowBusy = false, resume: keepRunState, coolDown: coolDownS } = flags;
    const onEvent = (event: Parameters<typeof progress.on>[0]): void => {
      // not before: a refused suite prints one line only
      if (event.type === "suite") {
        for (const notice of plan.notices) progress.note(notice);
        for (const warning of warnings) progress.warn(warning);
      }
      progress.on(event);
    };
    const result = await runSuite(plan, {
      ...{ out, force, save, allowBusy, keepRunState, coolDownS },
      signal: stop.signal,
      onEvent,
    });
    progress.close();
    const { finishSuite } = await import("./finish-suite.js"); // charts take half a second to load
    return await finishSuite(plan, out, result, flags);
  } catch (error) {
    if (stop.signal.aborted) return 130; // while data was downloaded: nothing was begun
    throw error;
  } finally {
    progress.close();
    for (const name of endings) process.off(name, onSignal);
  }
}

/** What of the suite itself would mislead or surprise. */
async function suiteWarnings(
  plan: Plan,
  places: Places,
  work: readonly PlannedWork[],
  finished: ReadonlyMap<string, RunRecord>,
): Promise<string[]> {
  const todo = work.filter(({ id }) => !finished.has(id));
  return [foreignRatesNotice(plan.suite), await largeSuiteNotice(plan, todo, places)].filter(
    (notice) => notice !== null,
  );
}

function chooseOutput(plan: Plan, { out, force }: GlueFlags): string {
  if (out !== undefined) return userPath(out);
  const reports = join(workspaceRoot(process.cwd()) ?? userDirectory(), "reports");
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const earlier = force ? undefined : findEarlierOutput(reports, plan);
  return earlier ?? join(reports, `${plan.suite.name}-${time}`);
}
