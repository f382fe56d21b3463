import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type QueueTask, queueStates } from "../../src/index.js";
import { standIns } from "../stand-in.js";

const print = (name: string) => `/bin/cat '${fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))}'`;
const noAccounting = "echo 'Slurm accounting storage is disabled' >&2; exit 1";
const noAccountingReason = "sacct: Slurm accounting storage is disabled";
const noController = "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1";

const task = (state: QueueTask["state"], detail: string, reason: string | null = null, jobId = "41"): QueueTask => ({
  state,
  detail,
  jobId,
  reason,
});
const waiting = task("pending", "PENDING", "JobArrayTaskLimit");

describe("the queue", () => {
  test.each([
    ["squeue-22.05.json", "COMPLETING"],
    ["squeue-24.05.json", "COMPLETED+COMPLETING"],
  ])("is read from %s", async (fixture, closing) => {
    const { calls } = standIns({ squeue: print(fixture), sacct: noAccounting });
    const states = await queueStates([{ jobId: "41", offset: 100 }]);
    expect(states.reason).toBeNull();
    expect(states.accountingReason).toBe(noAccountingReason);
    expect([...states.tasks].sort(([one], [other]) => one - other)).toEqual([
      [100, task("running", "RUNNING")],
      [101, task("ended", "FAILED", "NonZeroExitCode")],
      [102, task("running", closing)],
      ...[103, 104, 105, 109, 111, 113].map((index) => [index, waiting]),
    ]);
    expect(calls()[0]).toBe("squeue --json --jobs=41");
  });

  test("is asked for whole lists of indices", async () => {
    standIns({
      squeue: `[ "$SLURM_BITSTR_LEN" = 0 ] && echo '{"jobs":[]}' || echo 'lists are cut' >&2`,
      sacct: `[ "$SLURM_BITSTR_LEN" = 0 ] || exit 1`,
    });
    expect(await queueStates([{ jobId: "41", offset: 0 }])).toMatchObject({ reason: null, accountingReason: null });
  });

  test("no longer has a job that ended long ago, which is no error", async () => {
    standIns({ squeue: "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1", sacct: noAccounting });
    const states = await queueStates([{ jobId: "41", offset: 0 }]);
    expect(states).toEqual({ tasks: new Map(), reason: null, accountingReason: noAccountingReason });
  });

  test("is not asked where nothing was submitted", async () => {
    const { calls } = standIns({});
    expect(await queueStates([])).toEqual({ tasks: new Map(), reason: null, accountingReason: null });
    expect(calls()).toEqual([]);
  });
});

describe("accounting", () => {
  test("tells what left the queue", async () => {
    const { calls } = standIns({ squeue: `echo '{"jobs":[]}'`, sacct: print("sacct.txt") });
    const { tasks, reason, accountingReason } = await queueStates([{ jobId: "41", offset: 0 }]);
    expect([reason, accountingReason]).toEqual([null, null]);
    expect([...tasks]).toEqual([
      [0, task("ended", "COMPLETED")],
      [1, task("ended", "FAILED", "exit code 3")],
      [2, task("ended", "TIMEOUT", "signal 15")],
      [4, task("ended", "CANCELLED")],
      [5, task("ended", "OUT_OF_MEMORY", "signal 125")],
      ...[6, 7, 8, 10].map((index) => [index, task("pending", "PENDING")]),
    ]);
    expect(calls()[1]).toBe("sacct --noheader --parsable2 --allocations --format=JobID,State,ExitCode --jobs=41");
  });

  test("yields to the queue", async () => {
    standIns({ squeue: print("squeue-24.05.json"), sacct: print("sacct.txt") });
    const { tasks } = await queueStates([{ jobId: "41", offset: 0 }]);
    expect(tasks.get(0)).toEqual(task("running", "RUNNING"));
    expect(tasks.get(6)).toEqual(task("pending", "PENDING"));
  });
});

test("an index that was submitted twice is where its liveliest task is, else its latest", async () => {
  standIns({
    squeue: `echo '{"jobs":[
      {"array_job_id":41,"array_task_id":0,"job_state":"RUNNING"},
      {"array_job_id":41,"array_task_id":1,"job_state":"FAILED"},
      {"array_job_id":41,"array_task_id":2,"job_state":"FAILED"},
      {"array_job_id":42,"array_task_id":0,"job_state":"COMPLETED"},
      {"array_job_id":42,"array_task_id":1,"job_state":"PENDING"},
      {"array_job_id":42,"array_task_id":2,"job_state":"TIMEOUT"}]}'`,
    sacct: noAccounting,
  });
  const { tasks } = await queueStates([
    { jobId: "41", offset: 0 },
    { jobId: "42", offset: 0 },
  ]);
  expect([...tasks.values()].map(({ detail, jobId }) => [detail, jobId])).toEqual([
    ["RUNNING", "41"],
    ["PENDING", "42"],
    ["TIMEOUT", "42"],
  ]);
});

test("jobs of several clusters stay apart", async () => {
  const { calls } = standIns({
    squeue: `case "$*" in *west*) word=RUNNING ;; *) word=PENDING ;; esac
      echo '{"jobs":[{"array_job_id":41,"array_task_id":0,"job_state":"'$word'"}]}'`,
    sacct: noAccounting,
  });
  const { tasks } = await queueStates([
    { jobId: "41", offset: 0 },
    { jobId: "41;west", offset: 10 },
  ]);
  expect(tasks.get(0)).toEqual(task("pending", "PENDING"));
  expect(tasks.get(10)).toEqual(task("running", "RUNNING", null, "41;west"));
  expect(calls()).toContain("squeue --json --clusters=west --jobs=41");
});

describe("nothing can be told", () => {
  test.each<[string, Record<string, string>, string]>([
    ["without Slurm", {}, "squeue: not found; run this where Slurm's commands are; sacct: not found;"],
    [
      "without a controller",
      { squeue: noController, sacct: noAccounting },
      `squeue: slurm_load_jobs error: Unable to contact slurm controller; ${noAccountingReason}`,
    ],
    [
      "where squeue reports its error as JSON",
      { squeue: `echo '{"jobs":[],"errors":[{"description":"Failed while looking for jobs"}]}'`, sacct: noAccounting },
      `squeue --json: Failed while looking for jobs; ${noAccountingReason}`,
    ],
    [
      "where squeue prints no JSON",
      { squeue: "echo JOBID", sacct: noAccounting },
      "squeue --json: expected JSON, got JOBID",
    ],
    [
      "where the shape is another",
      { squeue: `echo '{"jobs":[{"array_job_id":"x"}]}'`, sacct: noAccounting },
      "squeue --json: expected jobs as Slurm 22.05 to 25.11 print them, got jobs.0.array_job_id",
    ],
  ])("%s, and the reason is kept", async (_, commands, reason) => {
    standIns(commands);
    const states = await queueStates([{ jobId: "41", offset: 0 }]);
    expect(states.tasks.size).toBe(0);
    expect(states.reason).toContain(reason);
  });
});
