import { readFileSync } from "node:fs";
import {
  type BenchEvent,
  namedIn,
  planShared,
  readSharedPlan,
  runSlot,
  type SharedPlan,
  type SlotEnding,
} from "@petl/bench";
import { requeueThisTask, thisTask } from "@petl/cluster";
import { isSettled } from "@petl/results";
import { openTrackers, type TrackerName } from "@petl/tracking";
import { type CodeFlags, codePlaces } from "../../code-places.js";
import { onlyPlanFile } from "../../engines/plan-file.js";
import { type ExitCode, UsageError } from "../../exit.js";
import { LineProgress } from "../../progress/line-progress.js";
import { userPath } from "../../user-directory.js";

/** The flags of `bench work` as commander hands them over. */
export interface WorkFlags extends CodeFlags {
  readonly run: number;
  readonly plan?: string;
  readonly list?: string;
  readonly wait?: boolean;
  readonly save?: boolean;
  /** False with `--no-resume`. */
  readonly resume: boolean;
  readonly allowBusy?: boolean;
  readonly log?: TrackerName[];
}

/** Signals after which the run is to go on later, and those that may come before a time limit. */
const endings = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const timeLimits = ["SIGUSR1", "SIGUSR2"] as const;

/** Does one run of a shared plan. */
export async function runWork(folder: string, flags: WorkFlags): Promise<ExitCode> {
  const stop = new AbortController();
  let isTimeUp = false;
  for (const name of endings) process.on(name, () => stop.abort());
  for (const name of timeLimits)
    process.on(name, () => {
      isTimeUp = true;
      stop.abort();
    });
  const out = userPath(folder);
  const file = onlyPlanFile(out, flags.plan);
  const shared = readSharedPlan(file);
  const { slot } = slotOf(shared, flags);
  const plan = await planShared(shared, namedIn(codePlaces(flags), file));
  const { wait = false, save = false, allowBusy = false, resume: keepRunState, log = [] } = flags;
  const progress = new LineProgress();
  const updates = new UpdatesMade();
  const { name, backbone } = plan.suite;
  const trackers = await openTrackers(log, { name, backbone, out }, progress);
  try {
    const ending = await runSlot(plan, slot, {
      ...{ out, wait, save, allowBusy, keepRunState, ...thisTask() },
      signal: stop.signal,
      onWait: (message) => progress.note(message),
      onEvent(event) {
        updates.hear(event);
        progress.on(event);
        trackers.on(event);
      },
    });
    if (isTimeUp && ending.kind === "recorded" && ending.record.status === "cancelled") return await goOnLater(updates);
    return exitCodeOf(slot, ending, stop.signal.aborted);
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return 130;
    throw error;
  } finally {
    await trackers.close();
    progress.close();
  }
}

/** Counts the updates that this process made, so that a run which makes none is not started again for ever. */
class UpdatesMade {
  count = 0;

  hear(event: BenchEvent): void {
    if (event.type !== "run-event") return;
    if (event.event.type === "resumed") this.count = 0; // what earlier processes did is told again before
    if (event.event.type === "step") this.count += 1;
  }
}

/** Asks for the job to be started again, as its time is up. */
async function goOnLater({ count }: UpdatesMade): Promise<ExitCode> {
  if (count === 0) {
    console.error("error: time is up before the run made one update; give its job more time");
    return 1;
  }
  const isAsked = await requeueThisTask();
  console.error(
    isAsked
      ? `time is up after ${count} updates: the run's state is kept, and its job goes back to the queue`
      : `time is up after ${count} updates: the run's state is kept; submit it again to go on`,
  );
  return 130;
}

function exitCodeOf(slot: string, ending: SlotEnding, isStopped: boolean): ExitCode {
  switch (ending.kind) {
    case "elsewhere":
      console.error(`${slot}: left to ${ending.by}, which is doing it`);
      return 0;
    case "blocked":
      console.error(`error: ${slot} cannot begin: ${ending.why}`);
      return isStopped ? 130 : 1;
    case "recorded": {
      const { record, isSaved, isNew } = ending;
      if (!isNew) console.error(`${slot}: it is done already, by record ${record.id}`);
      if (record.status === "cancelled") return 130;
      return isSettled(record) && isSaved ? 0 : 1;
    }
  }
}

function slotOf({ runs }: SharedPlan, { run: given, list }: WorkFlags): SharedPlan["runs"][number] {
  const number = list === undefined ? given : listed(userPath(list), given);
  const run = runs[number];
  if (run !== undefined) return run;
  throw new UsageError(`--run: expected a number from 0 to ${runs.length - 1}, got ${number}`);
}

function listed(file: string, line: number): number {
  const lines = readFileSync(file, "utf8").trim().split(/\s+/);
  const text = lines[line];
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  throw new UsageError(
    `--list ${file}: expected a number in line ${line} of ${lines.length} (from 0), got ${text ?? "none"}`,
  );
}
