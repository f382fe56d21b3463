import { type RunStatus, readSharedPlan, suiteStatus } from "@petl/bench";
import { type QueueTask, queueStates, submissions } from "@petl/cluster";
import { oneLine } from "@petl/files";
import { lastPlanFile } from "../../engines/plan-file.js";
import type { ExitCode } from "../../exit.js";
import { asStarted } from "../../started-as.js";
import { section } from "../../terminal/section.js";
import { userPath } from "../../user-directory.js";

export interface StatusFlags {
  readonly plan?: string;
  readonly json?: boolean;
}

const states = ["done", "failed", "running", "waiting", "missing"] as const;
type State = (typeof states)[number];

/** A run, with what the cluster says where the files say nothing. */
interface Row {
  readonly number: number;
  readonly status: RunStatus;
  readonly state: State;
  readonly task: QueueTask | undefined;
}

/** Prints where every run of a shared plan stands. */
export async function runStatus(folder: string, flags: StatusFlags): Promise<ExitCode> {
  const out = userPath(folder);
  const shared = readSharedPlan(lastPlanFile(out, flags.plan));
  const statuses = await suiteStatus(out, shared);
  const isOver = statuses.every(({ state }) => state === "done");
  const submitted = isOver ? [] : submissions(out).filter(({ plan }) => plan === shared.id);
  const queue = await queueStates(submitted);
  const rows = statuses.map((status, number): Row => {
    const task = queue.tasks.get(number);
    return { number, status, task, state: stateOf(status, task) };
  });
  if (flags.json) console.log(JSON.stringify(asJson(out, shared.id, rows), null, 2));
  else console.log(asText(shared.suite.name, out, rows));
  if (queue.reason !== null && submitted.length > 0)
    console.error(`note: Slurm tells nothing, so what waits counts as missing: ${queue.reason}`);
  if (!flags.json) for (const line of nextLines(out, rows)) console.log(asStarted(line));
  return isOver ? 0 : 1;
}

/** A record that is done goes before all; then what the queue says, as files of a job that was killed say that it goes on. */
function stateOf({ state }: RunStatus, task: QueueTask | undefined): State {
  if (state === "done" || task === undefined) return state;
  if (task.state === "pending") return "waiting";
  if (task.state === "running") return "running";
  return state === "running" ? "missing" : state; // its job has ended, whatever its claim says
}

function asJson(out: string, plan: string, rows: readonly Row[]) {
  return {
    out,
    plan,
    ...Object.fromEntries(states.map((state) => [state, count(rows, state)])),
    runs: rows.map(({ number, state, status: { run, holder, error }, task }) => ({
      ...{ number, run: run.slot, method: run.method, task: run.task, wave: run.wave, state },
      process: holder && { pid: holder.pid, host: holder.host },
      error: error && { code: error.code, message: error.message },
      slurm: task === undefined ? null : { job: task.jobId, state: task.detail, reason: task.reason },
    })),
  };
}

/** Lines that are printed of each kind. */
const mostLines = 8;

function asText(suite: string, out: string, rows: readonly Row[]): string {
  const tasks = [...new Set(rows.map(({ status }) => status.run.task))];
  const table = tasks.map((task) => {
    const own = rows.filter(({ status }) => status.run.task === task);
    return [task, String(own.length), ...states.map((state) => String(count(own, state) || ""))];
  });
  const failed = lines(rows, "failed", ({ status: { run, error } }) => `${run.slot}: ${oneLine(error!.message)}`);
  const running = lines(rows, "running", ({ status: { run, holder }, task }) => {
    const where = [holder && `process ${holder.pid} on ${holder.host}`, task && `job ${task.jobId}`].filter(Boolean);
    return `${run.slot}: ${where.join(", ")}`;
  });
  const waiting = lines(
    rows,
    "waiting",
    ({ status: { run }, task }) => `${run.slot}: job ${task!.jobId}, ${task!.reason ?? task!.detail}`,
  );
  return [
    `${suite}: ${count(rows, "done")} of ${rows.length} runs are done in ${out}`,
    "",
    section("Runs", [["task", "runs", ...states], ...table]),
    ...(failed.length > 0 ? ["", "Failed", ...failed] : []),
    ...(running.length > 0 ? ["", "Running", ...running] : []),
    ...(waiting.length > 0 ? ["", "Waiting", ...waiting] : []),
  ].join("\n");
}

function lines(rows: readonly Row[], state: State, text: (row: Row) => string): string[] {
  const own = rows.filter((row) => row.state === state);
  const more = own.length > mostLines ? [`  and ${own.length - mostLines} more (--json lists them)`] : [];
  return [...own.slice(0, mostLines).map((row) => `  ${text(row)}`), ...more];
}

function nextLines(out: string, rows: readonly Row[]): string[] {
  if (rows.every(({ state }) => state === "done")) return ["", `report: pnpm bench report ${out}`];
  const open = count(rows, "missing") + count(rows, "failed");
  if (open === 0) return [];
  return ["", `${open} are neither done nor in the queue: submit them with the command that submitted the suite`];
}

const count = (rows: readonly Row[], wanted: State): number => rows.filter(({ state }) => state === wanted).length;
