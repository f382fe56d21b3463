import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readRecords, recordPath } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

type Started = ReturnType<typeof startBench>;

/** Resolves when the program has said so on stderr. */
function said(bench: Started, text: string): Promise<void> {
  let all = "";
  return new Promise((resolve, reject) => {
    bench.stderr.on("data", (chunk: Buffer) => {
      all += chunk.toString();
      if (all.includes(text)) resolve();
    });
    bench.stderr.on("end", () => reject(new Error(`"${text}" was not said in: ${all}`)));
  });
}

/** The pid of the run that is going on: the program's only child that runs our child program. */
async function runningChild(pid: number): Promise<number> {
  const isRun = (child: string): boolean => readFileSync(`/proc/${child}/cmdline`, "utf8").includes("child.js");
  const run = (): string | undefined =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).find(isRun);
  for (let wait = 0; run() === undefined && wait < 1000; wait++) await delay(10);
  return Number(run());
}

const command = (data: string): string[] => [
  "glue",
  ...tiny,
  "--data",
  data,
  "--tasks",
  "sst2,rte",
  "--methods",
  "lora,full",
  "--out",
  "out",
];

test.skipIf(process.platform !== "linux")(
  "a run that is killed is recorded as failed, the others go on, and the exit code is 1",
  async () => {
    const directory = temporaryDirectory();
    const bench = startBench(command(writeTasks(directory)), directory);
    await said(bench, "[1/4]");
    process.kill(await runningChild(bench.pid!), "SIGKILL");
    const { exitCode, stderr, stdout } = await bench;
    expect(exitCode).toBe(1);
    const { records } = await readRecords(join(directory, "out"));
    expect(records.map(({ status }) => status).sort()).toEqual(["completed", "completed", "completed", "failed"]);
    const failed = records.find(({ status }) => status === "failed")!;
    expect(failed.error).toMatchObject({ name: "CrashError", code: "E_CHILD_KILLED", signal: "SIGKILL" });
    expect(stderr).toContain(
      "1 of 4 runs are not completed (1 failed); to run only those: the same command with --out out",
    );
    expect(stdout).toContain("Left out");

    const again = await startBench(command(join(directory, "glue")), directory);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain("4 runs, 3 of them completed before");
  },
);

test("Ctrl-C records the running one as cancelled, keeps the finished ones and exits with 130; the same command finishes the rest", async () => {
  const directory = temporaryDirectory();
  const bench = startBench(command(writeTasks(directory)), directory);
  await said(bench, "[2/4]");
  bench.kill("SIGINT");
  const { exitCode, stderr } = await bench;
  expect(exitCode).toBe(130);
  expect(stderr).toContain(
    "3 of 4 runs are not completed (cancelled); to run only those: the same command with --out out",
  );
  const out = join(directory, "out");
  const { records } = await readRecords(out);
  expect(records.map(({ status }) => status).sort()).toEqual(["cancelled", "completed"]);
  const kept = recordPath(out, records.find(({ status }) => status === "completed")!.id);
  const before = statSync(kept).mtimeMs;

  const again = await startBench(command(join(directory, "glue")), directory);
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toContain("4 runs, 1 of them completed before");
  expect(statSync(kept).mtimeMs).toBe(before);
  expect((await readRecords(out)).records.map(({ status }) => status)).toEqual(Array(4).fill("completed"));
});

test("a run whose loss is no number is recorded as failed with its own words", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const rest = [
    "--tasks",
    "sst2",
    "--methods",
    "full",
    "--steps",
    "12",
    "--batch-size",
    "4",
    "--learning-rate",
    "1e30",
    "--warmup-steps",
    "0",
    "--out",
    "out",
  ];
  const size = tiny.slice(0, -2); // without its epochs
  const { exitCode, stderr } = await startBench(["glue", ...size, "--data", data, ...rest], directory);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("failed     full on sst2, seed 0: training diverged");
  const { records } = await readRecords(join(directory, "out"));
  expect(records[0]?.error).toMatchObject({ name: "DivergedError", code: "E_DIVERGED", exitCode: 1 });
  expect(records[0]?.counts?.trainableParams).toBeGreaterThan(0);
});

test("two benches do not share an output directory; a lock left by a dead one does not matter", async () => {
  const directory = temporaryDirectory();
  const bench = startBench([...command(writeTasks(directory)), "--quiet"], directory);
  const lock = join(directory, "out", ".lock");
  for (let wait = 0; wait < 500 && !readdirSync(directory).includes("out"); wait++) await delay(10);
  const second = await startBench(command(join(directory, "glue")), directory);
  expect(second.exitCode).toBe(2);
  expect(second.stderr).toMatch(/^error: output directory .*out is in use by another bench \(process \d+ on .*\)/);
  expect(second.stderr.split("\n")).toHaveLength(1);
  const held = readFileSync(lock, "utf8");
  expect((await bench).exitCode).toBe(0);
  writeFileSync(lock, held); // its process is gone now
  expect((await startBench(command(join(directory, "glue")), directory)).exitCode).toBe(0);
});

test("records that the output directory refuses are reported, kept elsewhere and make the exit code 1", async () => {
  const directory = temporaryDirectory();
  const rest = ["--tasks", "sst2", "--methods", "lora", "--out", "out", "--json"];
  const bench = startBench(["glue", ...tiny, "--data", writeTasks(directory), ...rest], directory, {
    TMPDIR: directory,
  });
  await said(bench, "[1/1]");
  rmSync(join(directory, "out", "runs"), { recursive: true });
  writeFileSync(join(directory, "out", "runs"), ""); // no folder any more
  const { exitCode, stderr, stdout } = await bench;
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).runs).toMatchObject([{ method: "lora", status: "completed" }]);
  const rescued = /and were kept in (\S+):/.exec(stderr)?.[1];
  expect((await readRecords(rescued!)).records).toHaveLength(1);
});
