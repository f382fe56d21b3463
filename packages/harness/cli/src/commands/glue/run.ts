import { join } from "node:path";
import { findEarlierOutput, finishedRuns, type Plan, runSuite, workspaceRoot } from "@petl/bench";
import type { ExitCode } from "../../exit.js";
import { openProgress } from "../../progress/open-progress.js";
import { userDirectory, userPath } from "../../user-directory.js";
import type { GlueFlags } from "./flags.js";
import { makePlan } from "./make-plan.js";
import { suiteFromFlags } from "./suite-from-flags.js";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The main job: runs what is missing of a suite, then reports all of it. */
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
    if (flags.dryRun) return await printPlan(plan, out, flags);
    const { force = false, save = false, allowBusy = false, resume: keepRunState, coolDown: coolDownS } = flags;
    const onEvent = (event: Parameters<typeof progress.on>[0]): void => {
      // not before: what is refused says one line only
      if (event.type === "suite") for (const notice of plan.notices) progress.note(notice);
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

function chooseOutput(plan: Plan, { out, force }: GlueFlags): string {
  if (out !== undefined) return userPath(out);
  const reports = join(workspaceRoot(process.cwd()) ?? userDirectory(), "reports");
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const earlier = force ? undefined : findEarlierOutput(reports, plan);
  return earlier ?? join(reports, `${plan.suite.name}-${time}`);
}

async function printPlan(plan: Plan, out: string, { json, force }: GlueFlags): Promise<ExitCode> {
  const finished = force ? new Map() : await finishedRuns(plan, out);
  const runs = plan.runs.map(({ id, method, config, task, seed }) => ({
    id: plan.data === null ? null : id,
    method: method.name,
    config,
    task: task.name,
    seed,
    done: finished.has(id),
  }));
  if (json) console.log(JSON.stringify({ out, device: plan.device.provider.name, runs }, null, 2));
  else {
    for (const { id, method, config, task, seed, done } of runs)
      console.log(`${done ? "done" : "run "}  ${id ?? `${method} ${task} ${seed}`}  ${JSON.stringify(config)}`);
    const missing = runs.filter(({ done }) => !done).length;
    console.log(
      `${runs.length} runs, ${missing} to do, on ${plan.suite.backbone}, device ${plan.device.provider.name}, into ${out}`,
    );
    if (plan.data === null)
      console.log(
        "GLUE is not in the cache yet; a real run downloads it, or takes the built-in sample off line (or pass --data DIR)",
      );
  }
  return 0;
}
