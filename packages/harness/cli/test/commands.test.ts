import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

test("report merges directories and rebuilds both reports", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  for (const method of ["full", "read"]) {
    const command = [
      "glue",
      ...tiny,
      "--data",
      data,
      "--tasks",
      "sst2",
      "--methods",
      method,
      "--out",
      method,
      "--quiet",
    ];
    expect((await startBench(command, directory)).exitCode).toBe(0);
  }
  writeFileSync(join(directory, "full", "runs", "cut.json"), '{"schemaVersion":');
  const report = ["report", "full", "read", "--out", "both", "--plan", "H100", "--columns", "pscp"];
  const { stdout, exitCode } = await startBench(report, directory);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("0 of 4 layers");
  expect(stdout).toMatch(/^PSCP = score .*one row of 128 tokens/m);
  expect(stdout).toMatch(/^Left out:\n.*cut\.json: unreadable: /m);
  const markdown = readFileSync(join(directory, "both", "report.md"), "utf8");
  expect(markdown).toMatch(/full[\s\S]*read/);
  expect(markdown).toMatch(/\| Forward FLOPs, one row \| PSCP \|\n.*\n\| full .* [\d.]+ M \| \d+\.\d \|\n/);
  expect(markdown).toMatch(/## Planned, not measured[\s\S]*\(planned, not measured here\)[\s\S]*H100, predicted/);
  const links = [...markdown.matchAll(/\]\(<(\.\.\/[^>]+)>\)/g)].map((match) => match[1]!.replaceAll("\\", ""));
  expect(links).toHaveLength(2);
  for (const link of links) expect(existsSync(join(directory, "both", decodeURIComponent(link)))).toBe(true);
});

test("report says what to do where there is nothing to report", async () => {
  const directory = temporaryDirectory();
  const empty = await startBench(["report", "."], directory);
  expect([empty.exitCode, empty.stderr]).toEqual([2, expect.stringMatching(/^error: No run records in [^\n]+$/)]);
  mkdirSync(join(directory, "damaged", "runs"), { recursive: true });
  writeFileSync(join(directory, "damaged", "runs", "cut.json"), "{");
  const damaged = await startBench(["report", "damaged"], directory);
  expect([damaged.exitCode, damaged.stderr]).toEqual([
    2,
    expect.stringMatching(/One file there could not be read: .*cut/),
  ]);
  const missing = await startBench(["report", "nope"], directory);
  expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining("expected a directory")]);
});

test("list names the methods, tasks, backbones, presets and devices that are there", async () => {
  const { stdout, exitCode } = await startBench(["list"], temporaryDirectory());
  expect(exitCode).toBe(0);
  for (const name of ["lora", "prompt-tuning", "sst2", "t5-tiny-random", "quick", "cpu"])
    expect(stdout).toMatch(new RegExp(`^ {2}${name}( |$)`, "m"));
  expect(stdout).not.toContain("testkit");
});

test("doctor says what the machine has and why it has no GPU", async () => {
  const { stdout, exitCode } = await startBench(["doctor"], temporaryDirectory(), {
    NVIDIA_SMI: "/nowhere/nvidia-smi",
  });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Node +v/);
  expect(stdout).toMatch(/cpu +usable/);
  expect(stdout).toContain("/nowhere/nvidia-smi does not exist");
});

const emulated = "/usr/lib/chromium/vk_swiftshader_icd.json";
test.skipIf(!existsSync(emulated))(
  "doctor says with which precision each GPU computes products, and why not",
  async () => {
    const environment = { NVIDIA_SMI: "/nowhere/nvidia-smi", VK_ICD_FILENAMES: emulated };
    const { stdout } = await startBench(["doctor"], temporaryDirectory(), environment);
    expect(stdout).toMatch(/SwiftShader.* +neither shader-f16 nor matrix units/);
    expect(stdout).toMatch(/--precision f16 +not usable: it has no shader-f16, and the adapter offers no matrix units/);
  },
);

test("doctor --json is one object with the machine, its devices, sensors and caches", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "cache", "glue", "RTE"), { recursive: true });
  const environment = { NVIDIA_SMI: "/nowhere/nvidia-smi", PETL_CACHE: join(directory, "cache") };
  const { stdout, exitCode } = await startBench(["doctor", "--json"], directory, environment);
  expect(exitCode).toBe(0);
  const machine = JSON.parse(stdout);
  expect(machine).toMatchObject({
    node: process.version,
    cpu: { cores: cpus().length },
    memory: { totalBytes: totalmem() },
    gpu: null,
    gpuReason: "/nowhere/nvidia-smi does not exist",
    sensors: {
      gpu: null,
      hostMemory: { readable: process.platform === "linux" },
      hostLoad: { readable: process.platform === "linux" },
    },
    caches: { glue: { directory: join(directory, "cache", "glue"), tasks: ["rte"] } },
  });
  expect(machine.devices).toContainEqual({ name: "cpu", usable: true, reason: expect.any(String) });
  expect(machine.gpus).toEqual(expect.any(Array));
});

test.each([
  ["HF_HUB_CACHE", "hub", "hub"],
  ["HUGGINGFACE_HUB_CACHE", "old", "old"],
  ["HF_HOME", "home", "home/hub"],
  ["XDG_CACHE_HOME", "xdg", "xdg/huggingface/hub"],
])("doctor looks for models where the hub code does: %s", async (variable, value, expected) => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, expected, "models--google-t5--t5-small"), { recursive: true });
  const none = { HF_HUB_CACHE: "", HUGGINGFACE_HUB_CACHE: "", HF_HOME: "", XDG_CACHE_HOME: "" };
  const environment = { NVIDIA_SMI: "/nowhere/nvidia-smi", ...none, [variable]: join(directory, value) };
  const { stdout } = await startBench(["doctor", "--json"], directory, environment);
  expect(JSON.parse(stdout).caches.hub).toEqual({
    directory: join(directory, expected),
    models: ["google-t5/t5-small"],
  });
});

test("--help of glue shows every flag with its default", async () => {
  const { stdout, exitCode } = await startBench(["glue", "--help"], temporaryDirectory());
  expect(exitCode).toBe(0);
  const entries = stdout
    .replace(/\n {10,}/g, " ")
    .split("\n")
    .filter((line) => /^ {2}--/.test(line));
  expect(entries.length).toBeGreaterThan(25);
  expect(entries.filter((line) => !line.includes("default:"))).toEqual([]);
});

test("report refuses runs that do not compare, unless grouped, and unknown formats", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const run = (limit: string) =>
    startBench(
      ["glue", "--data", data, "--tasks", "sst2", "--methods", "full", "--quiet", ...tiny, "--limit", limit].concat([
        "--out",
        limit,
      ]),
      directory,
    );
  for (const limit of ["16", "24"]) expect((await run(limit)).exitCode).toBe(0);
  const refused = await startBench(["report", "16", "24", "--out", "both"], directory);
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(/do not compare.*--grouped/)]);
  const command = ["report", "16", "24", "--out", "both", "--grouped", "--format", "latex,csv"];
  expect((await startBench(command, directory)).exitCode).toBe(0);
  const csv = readFileSync(join(directory, "both", "report.csv"), "utf8");
  for (const row of [/",full,sst2,/g, /",Constant answer,sst2,/g]) expect(csv.match(row)).toHaveLength(2);
  const wrong = await startBench(["report", "16", "--format", "pdf"], directory);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("html, md, latex, csv")]);
  const column = await startBench(["report", "16", "--columns", "speed"], directory);
  expect([column.exitCode, column.stderr]).toEqual([2, expect.stringContaining('Expected some of pscp, got "speed"')]);
});
