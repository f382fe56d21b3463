import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type RunRecord, readRecords } from "@petl/results";
import { execa } from "execa";
import { expect, test } from "vitest";
import { bench, startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

/** Kills in the random-kill test; a thousand by hand: PETL_KILLS=1000. */
const kills = Number(process.env.PETL_KILLS ?? 6);
const patient = { timeout: 120_000 + kills * 60_000 };
const onLinux = process.platform === "linux";

/** Two runs of two epochs each, so that there are checkpoints to be killed at. */
const suite = (data: string, ...rest: string[]): string[] => [
  ...["glue", ...tiny, "--epochs", "2", "--batch-size", "4", "--threads", "1", "--data", data],
  ...["--tasks", "sst2,rte", "--methods", "bitfit", "--out", "out", "--quiet", ...rest],
];

/** What must come out however often a suite was killed. */
const outcome = ({ id, status, counts, scores, curve, memory, time, backboneSource }: RunRecord) => ({
  ...{ id, status, counts, curve, backboneSource },
  ...{ best: scores?.best, last: scores?.last, peak: memory?.peakTensorBytes },
  work: [time?.steps, time?.tokens, time?.paddedTokens],
});

/** Processes below one, the nearest first. */
function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    return children.flatMap((child) => [Number(child), ...descendants(Number(child))]);
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has just ended
  }
}

test.runIf(onLinux)(
  `${kills} kills at random moments of a run, of the bench or of both lose nothing that was finished, and the suite ends with the records of one that was left alone`,
  patient,
  async () => {
    const [calm, killed] = [temporaryDirectory(), temporaryDirectory()];
    const data = writeTasks(calm);
    const startedMs = Date.now();
    expect((await startBench(suite(data), calm)).exitCode).toBe(0);
    const wholeMs = Date.now() - startedMs;
    const expected = (await readRecords(join(calm, "out"))).records.map(outcome);
    expect(expected).toHaveLength(2);

    const finished = new Map<string, string>();
    let random = 12345;
    const draw = (): number => {
      random = (random * 48271) % 2147483647; // Lehmer's generator: the same moments again
      return random / 2147483647;
    };
    for (let count = 0; count < kills; count++) {
      const started = startBench(suite(data), killed);
      await Promise.race([started, delay(draw() * wholeMs)]);
      const children = descendants(started.pid!);
      const victims = [children, [started.pid!], [started.pid!, ...children]][Math.floor(draw() * 3)]!;
      for (const pid of victims) kill(pid);
      await started; // a bench whose run was killed goes on to its end
      const { records, problems } = await readRecords(join(killed, "out"));
      expect(problems).toEqual([]);
      const completed = new Map(
        records.filter(({ status }) => status === "completed").map((each) => [each.id, each.endedAt]),
      );
      for (const [id, endedAt] of finished) expect([id, completed.get(id)]).toEqual([id, endedAt]);
      for (const [id, endedAt] of completed) finished.set(id, endedAt);
      if (completed.size === 2) rmSync(join(killed, "out"), { recursive: true }); // and the next kills have a suite to hit
      if (completed.size === 2) finished.clear();
    }
    expect((await startBench(suite(data), killed)).exitCode).toBe(0);
    expect((await readRecords(join(killed, "out"))).records.map(outcome)).toEqual(expected);
    expect(
      readdirSync(join(killed, "out")).filter(
        (name) => name !== "runs" && !/^(report|progress\.jsonl$|petl-bench\.json$)/.test(name),
      ),
    ).toEqual([]);
    expect(
      readdirSync(join(killed, "out", "runs")).filter((name) => !/^[\w.-]+\.json$/.test(name) || name.startsWith(".")),
    ).toEqual([]);
  },
);

/** Runs a script as root of a name space of its own, in which it may mount; null where the system does not let us. */
async function inNamespace(script: string, directory: string) {
  const probe = await execa("unshare", ["-rm", "mount", "-t", "tmpfs", "none", directory], { reject: false });
  if (probe.exitCode !== 0) return null;
  return execa("unshare", ["-rm", "sh", "-c", script], { cwd: directory, reject: false, env: { NO_COLOR: "1" } });
}

test.runIf(onLinux)(
  "a disk that is full says so, and the records that do not fit are kept elsewhere",
  patient,
  async ({ skip }) => {
    const directory = temporaryDirectory();
    const data = writeTasks(directory);
    const small = join(directory, "small");
    const rescue = join(directory, "rescue");
    for (const each of [small, rescue]) mkdirSync(each);
    const command = [
      process.execPath,
      bench,
      ...suite(data).map((word) => (word === "out" ? join(small, "out") : word)),
    ];
    const shown = command.map((word) => `'${word}'`).join(" ");
    // Room for the suite's own files and a record, not for two and the reports.
    const script = `mount -t tmpfs -o size=28k none ${small} && TMPDIR=${rescue} ${shown}; code=$?; cp -r ${small}/out ${directory}/copy; exit $code`;
    const result = await inNamespace(script, directory);
    if (result === null) return skip("this system lets us mount nothing");
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/ENOSPC|no space left/i);
    const [kept, rescued] = [join(directory, "copy"), /and were kept in (\S+):/.exec(result.stderr)?.[1]];
    const onDisk = await readRecords(kept);
    expect(onDisk.problems).toEqual([]); // no half of one
    const saved = (await readRecords(rescued!)).records;
    const ids = [...onDisk.records, ...saved].map(({ id, status }) => `${id} ${status}`);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => id.endsWith("completed"))).toBe(true);
  },
);

test.runIf(onLinux)("a read-only disk is refused before anything runs", patient, async ({ skip }) => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const fixed = join(directory, "fixed");
  mkdirSync(fixed);
  const command = [process.execPath, bench, ...suite(data).map((word) => (word === "out" ? join(fixed, "out") : word))];
  const shown = command.map((word) => `'${word}'`).join(" ");
  const result = await inNamespace(`mount -t tmpfs -o ro none ${fixed} && ${shown}`, directory);
  if (result === null) return skip("this system lets us mount nothing");
  expect([result.exitCode, result.stderr]).toEqual([
    2,
    expect.stringMatching(/^error: output directory \S+: expected one that can be written, got EROFS[^\n]*$/),
  ]);
});
