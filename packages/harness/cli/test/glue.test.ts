import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRecords, recordPath } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

test("a suite of two methods and two tasks writes four records and both reports, and is not run twice unless forced", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const command = ["glue", ...tiny, "--data", "glue", "--tasks", "sst2,rte", "--methods", "lora,full", "--out", "out"];
  const first = await startBench([...command, "--json"], directory);
  expect(first.stderr).toContain("[4/4]");
  expect(first.exitCode).toBe(0);

  const out = join(directory, "out");
  const { records, problems } = await readRecords(out);
  expect(problems).toEqual([]);
  expect(records.map(({ status }) => status)).toEqual(Array(4).fill("completed"));
  for (const record of records) {
    expect(record.id).toMatch(new RegExp(`^${record.run.method}-${record.run.task}-0-[0-9a-f]{10}$`));
    expect(record.scores?.evaluations).toHaveLength(1);
    expect(record.curve.length).toBe(record.time?.steps);
    expect(record.time?.trainTimeS).toBeGreaterThan(0);
    expect(record.memory?.peakTensorBytes.training?.total).toBeGreaterThan(
      record.memory!.peakTensorBytes.training!.backbone,
    );
    expect(record.memory?.peakHostBytes).toBeGreaterThan(50e6);
    if (record.energy?.grossJ === null) expect(record.energy.reason).not.toBeNull();
    expect(record.data?.trainExamples).toBe(16);
    expect(record.data?.files.map(({ name, rows }) => [name.slice(-9), rows])).toEqual([
      ["train.tsv", 40],
      [expect.stringMatching(/dev\.tsv$/), 12],
    ]);
    expect(record.data?.files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(record.backboneSource).toMatchObject({ name: "t5-tiny-random", kind: "random" });
    expect(record.environment.packages["@tensorflow/tfjs-core"]).toBeDefined();
  }
  expect(existsSync(join(out, ".lock"))).toBe(false);
  for (const report of ["report.html", "report.md"]) expect(readFileSync(join(out, report), "utf8")).toContain("lora");

  const json = JSON.parse(first.stdout) as {
    out: string;
    device: string;
    data: unknown;
    runs: Record<string, unknown>[];
  };
  expect(json).toMatchObject({ out, device: "cpu", data: { source: "glue" } });
  expect(json.runs).toHaveLength(4);
  for (const key of [
    "method",
    "config",
    "task",
    "seed",
    "status",
    "score",
    "metrics",
    "trainableParams",
    "headParams",
    "totalParams",
    "backwardLayers",
    "layers",
    "peakTensorBytes",
    "peakDeviceBytes",
    "peakHostBytes",
    "trainTimeS",
    "evalTimeS",
    "tokensPerS",
    "energyJ",
    "energyReason",
    "error",
  ])
    expect(json.runs[0]).toHaveProperty(key);

  const written = (): number[] => records.map(({ id }) => statSync(recordPath(out, id)).mtimeMs);
  const before = written();
  const second = await startBench(command, directory);
  expect(second.exitCode).toBe(0);
  expect(second.stderr).toContain("all 4 runs are completed");
  expect(second.stdout).toContain("lora"); // the table is of all runs, not of the new ones
  expect(written()).toEqual(before);

  const forced = await startBench([...command, "--methods", "full", "--tasks", "rte", "--force", "--quiet"], directory);
  expect(forced.exitCode).toBe(0);
  expect(forced.stderr).toBe("");
  expect(written().filter((time, index) => time !== before[index])).toHaveLength(1);
});

test("the same settings and seed give bitwise the same losses in another process, another seed does not", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const command = ["glue", ...tiny, "--data", data, "--tasks", "sst2", "--methods", "read", "--quiet"];
  const runs = [
    ["a", "0"],
    ["b", "0"],
    ["c", "1"],
  ] as const;
  const curves = [];
  for (const [out, seed] of runs) {
    expect((await startBench([...command, "--out", out, "--seeds", seed], directory)).exitCode).toBe(0);
    curves.push((await readRecords(join(directory, out))).records[0]?.curve);
  }
  expect(curves[1]).toEqual(curves[0]);
  expect(curves[2]).not.toEqual(curves[0]);
});

test("a dry run prints the runs, says which are done and runs nothing", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const command = [
    "glue",
    ...tiny,
    "--data",
    data,
    "--tasks",
    "sst2",
    "--method",
    "lora:rank=2",
    "--method",
    "lora:rank=4",
    "--out",
    "out",
    "--dry-run",
  ];
  const { stdout, exitCode } = await startBench(command, directory);
  expect(exitCode).toBe(0);
  expect(stdout.match(/^run {3}lora-sst2-0-[0-9a-f]{10} {2}lora:rank=([24]) {2}\{"rank":\1,/gm)).toHaveLength(2);
  expect(stdout).toContain("2 runs, 2 to do");
  expect(existsSync(join(directory, "out"))).toBe(false);
});

test("without --out, the same suite goes on where it was begun", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const command = ["glue", ...tiny, "--data", data, "--tasks", "sst2", "--methods", "bitfit"];
  expect((await startBench(command, directory)).exitCode).toBe(0);
  const again = await startBench(command, directory);
  expect(again.stderr).toContain(`all 1 runs are completed in ${join(directory, "reports", "quick-")}`);
});

test("a method outside the workspace is found by its path and runs like any other", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  writeFileSync(
    join(directory, "norms.mjs"),
    `export default {
      specVersion: "v1", name: "norms", paper: { title: "none", url: "https://example.org" },
      parse: (input) => ({ first: Number(input?.first ?? 0) }),
      attach: (backbone, { first }) => ({
        params: {}, hooks: new Map(),
        unfrozen: backbone.sites.filter(({ kind }) => kind === "norm").slice(first).flatMap(({ params }) => params),
      }),
    };`,
  );
  const command = [
    "glue",
    ...tiny,
    "--data",
    data,
    "--tasks",
    "sst2",
    "--method",
    "./norms.mjs:first=1",
    "--out",
    "out",
    "--json",
  ];
  const { stdout, exitCode } = await startBench(command, directory);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).runs).toMatchObject([{ method: "norms", config: { first: 1 }, status: "completed" }]);
});

test("a suite file says the same as flags, and flags override it", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const suite = {
    name: "mine",
    methods: [{ method: "lora", config: { rank: 2 } }],
    tasks: ["sst2"],
    seeds: [0, 1],
    backbone: "t5-tiny-random",
    settings: { epochs: 1 },
  };
  writeFileSync(join(directory, "mine.json"), JSON.stringify(suite));
  const command = ["glue", "--suite", "mine.json", "--data", "glue", "--seeds", "3", "--dry-run", "--json"];
  const { stdout, exitCode } = await startBench(command, directory);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).runs).toMatchObject([
    { method: "lora", config: { rank: 2 }, task: "sst2", seed: 3, done: false },
  ]);
});
