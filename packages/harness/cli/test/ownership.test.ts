import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readRecords } from "@petl/results";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { syntheticRecord } from "../../results/test/record-factory.js";
import { rescueRecords } from "../src/commands/glue/rescue-records.js";
import { bench, startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

const patient = { timeout: 300_000 };
const run = (data: string, ...rest: string[]): string[] => [
  ...["glue", ...tiny, "--steps", "1", "--batch-size", "4", "--threads", "1", "--data", data].filter(
    (word, index, all) => word !== "--epochs" && all[index - 1] !== "--epochs",
  ),
  ...["--tasks", "sst2", "--methods", "bitfit", ...rest],
];

/** All files below a folder with their contents. */
const contents = (folder: string): (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => [name, readFileSync(join(folder, name), "latin1")] as const);

async function refused(args: readonly string[], directory: string, message: RegExp): Promise<void> {
  const before = contents(directory);
  const { exitCode, stderr: said, stdout } = await startBench(args, directory);
  expect([exitCode, stdout]).toEqual([2, ""]);
  const stderr = said.replace(/^code: .*\n/, ""); // what is about to be imported
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: [^\n]+$/);
  expect(contents(directory)).toEqual(before);
}

describe("a folder that is not ours", () => {
  test("D1: is refused with the user's suite in it, also by a dry run", patient, async () => {
    const directory = temporaryDirectory();
    const data = writeTasks(directory);
    const suite = { name: "mine", methods: [{ method: "bitfit" }], tasks: ["sst2"], backbone: "t5-tiny-random", data };
    mkdirSync(join(directory, "work"));
    writeFileSync(join(directory, "work", "suite.json"), JSON.stringify(suite));
    const command = ["glue", "--suite", "work/suite.json", "--out", "work"];
    await refused(command, directory, /got one that is or holds the suite \S+suite\.json; choose another --out$/);
    await refused([...command, "--dry-run"], directory, /is or holds the suite/);
    await refused(run(data, "--out", "glue"), directory, /is or holds the data/);
    await refused(run(data, "--out", "."), directory, /is or holds the data/);
  });

  test("D2: is refused with someone's activation-cache in it", patient, async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "other", "activation-cache"), { recursive: true });
    writeFileSync(join(directory, "other", "activation-cache", "precious.txt"), "mine");
    const command = run(writeTasks(directory), "--out", "other");
    await refused(
      command,
      directory,
      /expected an empty folder or one that bench glue made, got one with activation-cache/,
    );
  });
});

test("D4: an export replaces neither the backbone nor any weights that it did not write", patient, async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const tune = async (out: string, ...rest: string[]): Promise<string> => {
    const { exitCode, stderr } = await startBench(
      run(data, "--methods", "lora", "--out", out, "--save", ...rest),
      directory,
    );
    expect(exitCode, stderr).toBe(0);
    return join(out, "models", readdirSync(join(directory, out, "models"))[0]!);
  };
  const exportTo = (model: string, to: string): string[] => ["export", model, "--out", to];
  const first = await tune("first");
  expect((await startBench(exportTo(first, "ck"), directory)).exitCode).toBe(0);
  expect((await startBench(exportTo(first, "ck"), directory)).exitCode).toBe(0); // its own is replaced
  const mark = JSON.parse(readFileSync(join(directory, "ck", "petl-bench.json"), "utf8"));
  expect(mark).toMatchObject({
    kind: "bench export",
    layout: "merged",
    files: expect.arrayContaining(["config.json"]),
  });

  const second = await tune("second", "--backbone", "ck");
  await refused(
    exportTo(second, "ck"),
    directory,
    /got one that is or holds the backbone \S+ck; choose another --out$/,
  );
  await refused(exportTo(second, second), directory, /expected an empty folder or one that bench export made/);
  await refused(exportTo(second, "second"), directory, /does not mark a bench export/);
  mkdirSync(join(directory, "weights"));
  writeFileSync(join(directory, "weights", "model.safetensors"), "someone's");
  await refused(exportTo(second, "weights"), directory, /got one with model\.safetensors; choose another --out$/);
});

test("D1: bench report does not replace a report.md that is not ours", patient, async () => {
  const directory = temporaryDirectory();
  expect((await startBench(run(writeTasks(directory), "--out", "out"), directory)).exitCode).toBe(0);
  expect((await startBench(["report", "out"], directory)).exitCode).toBe(0);
  mkdirSync(join(directory, "notes"));
  writeFileSync(join(directory, "notes", "report.md"), "# Mine\n");
  await refused(
    ["report", "out", "--out", "notes"],
    directory,
    /notes\/report\.md: expected no file or one that petl-bench/,
  );
});

describe("R1: where nobody reads the output any more", () => {
  const shell = (script: string, directory: string) =>
    execa("bash", ["-c", script], { cwd: directory, reject: false, env: { NO_COLOR: "1" } });
  const words = (args: readonly string[]): string =>
    [process.execPath, bench, ...args].map((each) => `'${each}'`).join(" ");

  test.each([
    ["both streams", "2>&1 | head -1"],
    ["stderr alone", "2> >(head -1) | cat"],
  ])("the report is written, the lock is gone and the exit code is 0 (%s)", patient, async (_what, pipe) => {
    const directory = temporaryDirectory();
    const command = words(run(writeTasks(directory), "--out", "out"));
    const { stdout } = await shell(`${command} ${pipe} > /dev/null; echo "\${PIPESTATUS[0]}"`, directory);
    expect(stdout.trim()).toBe("0");
    const out = join(directory, "out");
    expect(readdirSync(out).sort()).toEqual([
      "petl-bench.json",
      "progress.jsonl",
      "report-charts",
      "report.html",
      "report.md",
      "runs",
    ]);
    expect((await readRecords(out)).records.map(({ status }) => status)).toEqual(["completed"]);
  });

  test("a failed run still exits with 1", patient, async () => {
    const directory = temporaryDirectory();
    const failing = ["--learning-rate", "1e30", "--warmup-steps", "0", "--methods", "full", "--steps", "8"];
    const command = words(run(writeTasks(directory), "--out", "out", ...failing));
    const { stdout } = await shell(`${command} 2>&1 | true; echo "\${PIPESTATUS[0]}"`, directory);
    expect(stdout.trim()).toBe("1");
    expect(existsSync(join(directory, "out", "report.md"))).toBe(true);
  });

  test.runIf(existsSync("/dev/full"))("output that a full disk refuses is said, and the exit code is 1", async () => {
    const { exitCode, stderr } = await shell(`${words(["list", "--json"])} > /dev/full`, temporaryDirectory());
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: stdout: expected one that can be written, got [^\n]*ENOSPC[^\n]*$/),
    ]);
  });
});

describe("R7: a module that ends the process or never settles is one line and exit code 2", () => {
  test.each([
    [
      "suite",
      "process.exit(0);",
      /^error: suite \S+m\.mjs: expected a default export, got none before the module ended/,
    ],
    ["suite", "await new Promise(() => {});", /^error: suite \S+m\.mjs: expected a default export, got none/],
    ["method", "process.exit(0);", /^error: the command ended early: imported code called process\.exit/],
    ["method", "await new Promise(() => {});", /^error: the command ended early: .* awaits what never happens/],
  ])("a %s with %s", async (flag, source, message) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "m.mjs"), source);
    await refused(["glue", `--${flag}`, "./m.mjs", "--data", "sample", "--out", "out"], directory, message);
  });
});

test("D1: a measurement goes to a folder of its own, and a submission replaces no file that was named", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "mine"));
  writeFileSync(join(directory, "mine", "measure.json"), "mine");
  writeFileSync(join(directory, "mine.zip"), "mine");
  const measure = ["measure", "--out", "mine", "--idle", "0", "--", "true"];
  await refused(
    measure,
    directory,
    /expected an empty folder or one that bench measure made, got one with measure\.json/,
  );
  await refused(["submit", "mine", "--out", "mine.zip"], directory, /--out mine\.zip: expected a new file/);
  const own = measure.with(2, "new");
  for (const _ of ["new", "again"]) expect((await startBench(own, directory)).exitCode).toBe(0);
});

test("S5: records that cannot be written go to a new folder that only this user can read", async () => {
  const [first, second] = [await rescueRecords([syntheticRecord()]), await rescueRecords([syntheticRecord()])];
  expect(first).not.toBe(second);
  for (const folder of [first!, second!]) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(dirname(join(folder, "runs"))).toBe(folder);
    expect((await readRecords(folder)).records).toHaveLength(1);
  }
});
