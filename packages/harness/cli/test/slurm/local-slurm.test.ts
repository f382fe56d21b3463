import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalSlurm, startSlurm, whyNoSlurm } from "./local-slurm.js";

const reason = whyNoSlurm();
if (reason !== null) console.warn(`tests against a real Slurm skipped: ${reason}`);

const sleeps = "while :; do sleep 0.1; done";

/** Says which signals reach the shell of the job and a child of it; the shell ends at SIGTERM. */
const listener = `
echo "started \${SLURM_RESTART_COUNT:-0}"
trap 'echo "shell USR1"' USR1
trap 'echo "shell TERM"; exit 1' TERM
( trap 'echo "child USR1"' USR1; trap 'echo "child TERM"; exit' TERM; ${sleeps} ) &
${sleeps}`;

describe.skipIf(reason !== null).concurrent("a Slurm on loopback", () => {
  const directory = mkdtempSync(join(tmpdir(), "petl-slurm-"));
  let slurm: LocalSlurm;
  beforeAll(async () => {
    slurm = await startSlurm(directory, { cpus: 8, maxArraySize: 6 });
  });
  afterAll(async () => {
    const daemons = ["munged", "slurmctld", "slurmd"].map((name) => join(directory, `${name}.pid`));
    const ids = daemons.filter((file) => existsSync(file)).map((file) => Number(readFileSync(file, "utf8")));
    await slurm?.stop();
    for (const id of ids) expect(() => process.kill(id, 0), `process ${id} after stop()`).toThrow(/ESRCH/);
    rmSync(directory, { recursive: true, force: true });
  });

  const call = async (program: string, ...args: string[]): Promise<string> =>
    (await execa(program, args, { env: slurm.env })).stdout;
  const submit = (name: string, script: string, ...options: string[]): Promise<string> => {
    const file = join(directory, `${name}.sh`);
    writeFileSync(file, `#!/bin/bash\n${script}\n`);
    return call("sbatch", "--parsable", "--open-mode=append", `--output=${directory}/%A_%a.log`, ...options, file);
  };
  const linesOf = (task: string): string[] => {
    try {
      return readFileSync(join(directory, `${task}.log`), "utf8")
        .trim()
        .split("\n");
    } catch {
      return [];
    }
  };
  const until = (seconds: number, check: () => Promise<void> | void) =>
    vi.waitFor(check, { timeout: seconds * 1000, interval: 250 });
  const untilLine = (task: string, line: string, seconds = 15) =>
    until(seconds, () => expect(linesOf(task)).toContain(line));
  const untilStates = (job: string, states: Record<string, string>, seconds = 15) =>
    until(seconds, async () => {
      const lines = await call("squeue", "--noheader", "--states=all", `--jobs=${job}`, "--format=%K %T", "--array");
      expect(Object.fromEntries(lines.split("\n").map((line) => line.split(" ")))).toEqual(states);
    });

  test("runs an array, two tasks at a time, and keeps each exit", async ({ expect }) => {
    const now = "date +%s%N";
    const job = await submit("two", `${now}; sleep 1; ${now}; exit $SLURM_ARRAY_TASK_ID`, "--array=0-1,4-5%2");
    await untilStates(job, { 0: "COMPLETED", 1: "FAILED", 4: "FAILED", 5: "FAILED" });
    const spans = [0, 1, 4, 5].map((index) => linesOf(`${job}_${index}`).map(Number));
    const running = spans.map(([start]) => spans.filter(([other, end]) => other! <= start! && start! < end!).length);
    expect(Math.max(...running)).toBe(2);
  });

  test("refuses an index that is not below MaxArraySize", async ({ expect }) => {
    await expect(submit("big", "true", "--array=6")).rejects.toThrow(/Invalid job array specification/);
  });

  test("scancel of one task terminates its shell and the shell's child, and no other task", async ({ expect }) => {
    const job = await submit("cancel", listener, "--array=0-1");
    for (const index of [0, 1]) await untilLine(`${job}_${index}`, "started 0");
    await call("scancel", `${job}_0`);
    await untilStates(job, { 0: "CANCELLED", 1: "RUNNING" });
    expect(linesOf(`${job}_0`)).toEqual(expect.arrayContaining(["shell TERM", "child TERM"]));
    expect(linesOf(`${job}_1`)).toEqual(["started 0"]);
    await call("scancel", job);
  });

  test("scontrol requeue terminates both, and the task starts again within 20 s", async ({ expect }) => {
    const job = await submit("requeue", listener, "--array=3", "--requeue");
    await untilLine(`${job}_3`, "started 0");
    await call("scontrol", "requeue", `${job}_3`);
    await untilLine(`${job}_3`, "started 1", 20);
    expect(linesOf(`${job}_3`)).toEqual(expect.arrayContaining(["shell TERM", "child TERM"]));
    await call("scancel", job);
  });

  test("--signal=B: warns the shell alone; a time limit terminates both and does not requeue", async ({ expect }) => {
    const job = await submit("limit", listener, "--array=0", "--time=1", "--signal=B:USR1@50", "--requeue");
    await untilLine(`${job}_0`, "shell USR1", 40); // Slurm looks at time limits every 30 s
    await call("scontrol", "update", `JobId=${job}_0`, "EndTime=now+1");
    await untilStates(job, { 0: "TIMEOUT" }, 40);
    const lines = linesOf(`${job}_0`);
    expect(lines).toEqual(expect.arrayContaining(["shell TERM", "child TERM"]));
    expect(lines).not.toContain("child USR1");
  });
});
