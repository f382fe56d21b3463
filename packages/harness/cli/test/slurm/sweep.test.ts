import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunRecord, readRecords } from "@petl/results";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startBench, writeTasks } from "../bench-command.js";
import { type LocalSlurm, startSlurm, whyNoSlurm } from "./local-slurm.js";

const reason = whyNoSlurm();
if (reason !== null) console.warn(`tests against a real Slurm skipped: ${reason}`);

const methods = ["read", "lora"].map((method) => ({ method }));
const suite = {
  ...{ name: "sweep", methods, tasks: ["rte", "sst2"], seeds: [0, 1], backbone: "t5-tiny-random", device: "cpu" },
  ...{ protocol: "dev", textFormat: "t5", settings: { batchSize: 4, steps: 20, evalEvery: 10, dropout: 0.1 } },
  taskSettings: { rte: { batchSize: 8, steps: 500, evalEvery: 50 } }, // long enough to be caught at work
};

/** What must not depend on where a run was done, nor on how often it was stopped. */
const figures = ({ id, status, run, counts, scores, curve, answers }: RunRecord) => ({
  ...{ id, status, run: { ...run, suite: null }, counts, curve, answers },
  scores: scores?.evaluations.map(({ wallTimeS: _, ...rest }) => rest),
});

interface Status {
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly waiting: number;
  readonly missing: number;
  readonly runs: readonly { number: number; run: string }[];
}

interface Claim {
  readonly id: string;
  readonly pid: number;
  readonly what: string;
}

/** A process's children, by /proc. */
function childrenOf(pid: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || !existsSync(`/proc/${name}/stat`)) return [];
    const stat = readFileSync(`/proc/${name}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid ? [Number(name)] : [];
  });
}

const SIGTERM = 15;

/** Numbers of the signals that wait for a process. */
function pendingSignals(pid: number): number[] {
  const [, mask = "0"] = /^ShdPnd:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
  return Array.from({ length: 31 }, (_, index) => index + 1).filter(
    (number) => (Number.parseInt(mask, 16) >> (number - 1)) & 1,
  );
}

describe.skipIf(reason !== null)("a sweep on a real Slurm", { timeout: 900_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "petl-sweep-"));
  const out = join(directory, "output, with 'odd' $letters");
  let slurm: LocalSlurm;
  beforeAll(async () => {
    writeTasks(directory);
    writeFileSync(join(directory, "suite.json"), JSON.stringify({ ...suite, data: join(directory, "glue") }));
    slurm = await startSlurm(mkdtempSync(join(directory, "slurm-")), { cpus: 2, maxArraySize: 6 });
  });
  afterAll(async () => {
    await slurm?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const bench = (...args: string[]) =>
    startBench(args, directory, { ...slurm.env, PETL_CACHE: join(directory, "cache") });
  const submit = () =>
    bench(
      "glue",
      "--suite",
      "suite.json",
      "--out",
      out,
      "--engine",
      "slurm",
      "--parallel",
      "2",
      "--time",
      "30",
      "--cpus-per-run",
      "1",
    );
  const call = async (program: string, ...args: string[]) => (await execa(program, args, { env: slurm.env })).stdout;
  const status = async (): Promise<Status> => JSON.parse((await bench("status", out, "--json")).stdout) as Status;
  const until = (seconds: number, check: () => Promise<void> | void, interval = 200) =>
    vi.waitFor(check, { timeout: seconds * 1000, interval });
  /** Waits for a status, which takes a process to ask for. */
  const untilStatus = (seconds: number, wanted: Partial<Status>) =>
    until(seconds, async () => expect(await status()).toMatchObject(wanted), 3000);
  const claims = (): Claim[] => {
    const folder = join(out, "claims");
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".lock")) : [];
    return names.map((name) => ({
      ...JSON.parse(readFileSync(join(folder, name), "utf8")),
      id: name.slice(0, -".lock".length),
    }));
  };

  /** The bench that has claimed a run of the plan, once the run has kept a state; and its task. */
  async function atWork(run: string): Promise<{ pid: number; task: string }> {
    let found: { pid: number; task: string } | undefined;
    await until(240, () => {
      const claim = claims().find(({ what }) => what === run);
      expect(claim, `a claim of ${run}`).toBeDefined();
      const { pid, id } = claim!;
      expect(existsSync(join(out, "run-states", `${id}.safetensors`))).toBe(true);
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
      const variable = (name: string) => environment.find((each) => each.startsWith(`${name}=`))!.split("=")[1]!;
      found = { pid, task: `${variable("SLURM_ARRAY_JOB_ID")}_${variable("SLURM_ARRAY_TASK_ID")}` };
    });
    return found!;
  }

  test("ends with the records of a local run, though one task is cancelled, one requeued, one out of time, one killed", async () => {
    const local = join(directory, "local");
    const reference = bench("glue", "--suite", "suite.json", "--out", local, "--parallel", "2", "--quiet");
    expect((await reference).exitCode).toBe(0);

    const first = await submit();
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("submitted job") });
    expect(first.stdout.match(/submitted job/g)).toHaveLength(2); // 8 indices, MaxArraySize 6

    const [timed, requeued, cancelled, killed] = (await status()).runs.map(({ run }) => run); // they begin in this order, two at a time
    const { pid, task } = await atWork(timed!);
    const [itsRun] = childrenOf(pid);
    process.kill(itsRun!, "SIGSTOP"); // so that it lasts until Slurm looks at time limits, which it does every 30 s
    await call("scontrol", "update", `JobId=${task}`, "EndTime=now+100");
    const isTold = until(90, () => expect(pendingSignals(itsRun!)).toContain(SIGTERM)); // 90 s before the end Slurm tells the bench, and that the run
    const goesOn = isTold.then(() => process.kill(itsRun!, "SIGCONT"));
    await call("scontrol", "requeue", (await atWork(requeued!)).task);
    await call("scancel", (await atWork(cancelled!)).task);
    process.kill(childrenOf((await atWork(killed!)).pid)[0]!, "SIGKILL");
    await goesOn;

    await untilStatus(600, { running: 0, waiting: 0 });
    expect(readFileSync(join(out, "logs", `${task}.log`), "utf8")).toContain("its job goes back to the queue");
    expect(await status()).toMatchObject({ done: 6, failed: 1, missing: 1 });

    expect(await submit()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/submitted job \d+: 2 runs/) });
    await untilStatus(300, { done: 8, failed: 0, missing: 0 });
    expect((await bench("status", out)).exitCode).toBe(0);
    expect((await submit()).stdout).toContain("nothing to submit");

    const [ours, theirs] = [await readRecords(local), await readRecords(out)];
    expect([ours.problems, theirs.problems]).toEqual([[], []]);
    expect(theirs.records.map(figures)).toEqual(ours.records.map(figures));
    expect(theirs.records.filter(({ resumed }) => resumed.length > 0).length).toBeGreaterThanOrEqual(3); // the killed one may have kept a state too
    expect(claims()).toEqual([]);
    expect((await bench("report", out)).exitCode).toBe(0);
  });
});
