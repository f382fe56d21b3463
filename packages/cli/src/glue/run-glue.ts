import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { findEarlierOutput, finishedRuns, type Plan, runSuite, type SuiteResult, workspaceRoot } from "@petl/bench";
import { buildReport, type ReportModel, renderTable, resultsJson } from "@petl/report";
import { type RecordSet, readRecords } from "@petl/results";
import { type ExitCode, oneLine } from "../exit.js";
import { openProgress } from "../progress/open-progress.js";
import { userDirectory, userPath } from "../user-directory.js";
import { writeReports } from "../write-reports.js";
import type { GlueFlags } from "./flags.js";
import { makePlan } from "./make-plan.js";
import { rescueRecords } from "./rescue-records.js";
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
    const { force = false, allowBusy = false } = flags;
    const onEvent = (event: Parameters<typeof progress.on>[0]): void => progress.on(event);
    const result = await runSuite(plan, { out, force, allowBusy, signal: stop.signal, onEvent });
    progress.close();
    return await finish(plan, out, result, flags);
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
    method: method.method.name,
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
      console.log("GLUE is not in the cache yet; a real run downloads it first (or pass --data DIR)");
  }
  return 0;
}

async function finish(plan: Plan, out: string, result: SuiteResult, flags: GlueFlags): Promise<ExitCode> {
  const { records, problems } = await allRecords(out, result);
  const { reference } = plan.suite;
  const model = buildReport(records, { reference, directories: [out], problems });
  const say = (text: string): void => (flags.json ? console.error(text) : console.log(text));
  if (flags.json) console.log(JSON.stringify(resultsJson(records, out), null, 2));
  if (records.length > 0 && !(flags.json && flags.quiet)) say(`\n${renderTable(model)}`);
  const isReported = records.length === 0 || (await report(out, model, say));
  await sayUnsaved(out, result);
  const missing = plan.runs.length - result.records.filter(({ status }) => status === "completed").length;
  if (missing > 0) {
    const failed = result.records.filter(({ status }) => status === "failed").length;
    const why = [...(failed > 0 ? [`${failed} failed`] : []), ...(result.cancelled ? ["cancelled"] : [])].join(", ");
    const how = `to run only those: the same command with --out ${shownPath(out)}`;
    console.error(`${missing} of ${plan.runs.length} runs are not completed (${why}); ${how}`);
  }
  if (result.cancelled) return 130;
  return missing > 0 || result.unsaved.length > 0 || !isReported ? 1 : 0;
}

/** Everything in the output directory, and what was run now, also where the disk refused it. */
async function allRecords(out: string, { records }: SuiteResult): Promise<RecordSet> {
  const none: RecordSet = { records: [], problems: [] };
  const onDisk = existsSync(out) ? await readRecords(out).catch(() => none) : none;
  const byId = new Map([...onDisk.records, ...records].map((record) => [record.id, record]));
  return { records: [...byId.values()], problems: onDisk.problems };
}

async function report(out: string, model: ReportModel, say: (text: string) => void): Promise<boolean> {
  try {
    for (const file of await writeReports(out, model)) say(`report: ${shownPath(file)}`);
    return true;
  } catch (error) {
    console.error(`error: the report could not be written: ${oneLine((error as Error).message)}`);
    return false;
  }
}

async function sayUnsaved(out: string, { records, unsaved }: SuiteResult): Promise<void> {
  if (unsaved.length === 0) return;
  const folder = await rescueRecords(records.filter(({ id }) => unsaved.includes(id)));
  const where = folder === undefined ? "and are lost" : `and lie in ${folder}`;
  console.error(`error: ${unsaved.length} records could not be written to ${out} ${where}: ${unsaved.join(", ")}`);
}

/** A path as short as can be from where the user stands. */
function shownPath(path: string): string {
  const short = relative(userDirectory(), path);
  return short.length > 0 && short.length < path.length ? short : path;
}
