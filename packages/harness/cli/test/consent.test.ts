import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { readRecords, writeRecord } from "@petl/results";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { bench, startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

/** A method that trains one bias and, when imported, leaves a file named `ran` where it lies. */
const methodFile = `
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tf } from "@petl/tensor";
writeFileSync(fileURLToPath(new URL("ran", import.meta.url)), "");
export default {
  specVersion: "v1",
  name: "mine",
  paper: { title: "None", url: "https://example.org/" },
  parse: () => ({}),
  attach: ({ sites }) => {
    const { name, width } = sites.filter(({ kind }) => kind === "block").at(-1);
    const hook = ({ hidden, mask }, _, { params }) => ({ hidden: tf.add(hidden, params.bias), mask });
    return { params: { bias: tf.zeros([width[1]]) }, unfrozen: [], hooks: new Map([[name, hook]]) };
  },
};`;
const oneError = (text: string | RegExp) =>
  expect.stringMatching(new RegExp(`^error: [^\\n]*${typeof text === "string" ? text : text.source}[^\\n]*$`));

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

const packaged = (folder: string, name: string, source: string) => ({
  [`${folder}/package.json`]: JSON.stringify({ name, version: "1.0.0", type: "module", exports: "./main.js" }),
  [`${folder}/main.js`]: source,
});

test("S1: bench list runs what a project lists, once and in sight, and nothing that merely lies in a node_modules above", async () => {
  const root = temporaryDirectory();
  write(root, {
    ...packaged("node_modules/@petl/method-evil", "@petl/method-evil", methodFile),
    ...packaged("node_modules/@petl/device-evil", "@petl/device-evil", methodFile),
    "package.json": JSON.stringify({ devDependencies: { "@petl/method-mine": "1.0.0" } }),
    ...packaged("node_modules/@petl/method-mine", "@petl/method-mine", methodFile),
    "below/.keep": "",
  });
  const { stdout, stderr, exitCode } = await startBench(["list", "--settings"], join(root, "below"));
  expect([exitCode, stdout.includes("evil"), stdout.includes("mine")]).toEqual([0, false, true]);
  expect(stderr.split("\n")).toEqual([
    expect.stringMatching(/^code: method @petl\/method-mine from .* \(project .*package\.json\)$/),
  ]);
  const marks = ["method-evil", "device-evil", "method-mine"].map((name) =>
    existsSync(join(root, "node_modules/@petl", name, "ran")),
  );
  expect(marks).toEqual([false, false, true]);
  const elsewhere = temporaryDirectory();
  const named = await startBench(["list", "--settings", "--project", root], elsewhere);
  expect(named.stdout).toContain("mine");
  const broken = await startBench(["list", "--project", "nowhere"], elsewhere);
  expect([broken.exitCode, broken.stderr]).toEqual([2, oneError("expected a directory with a package.json, got none")]);
});

test("S2: code that a saved model, a record or a suite names needs --trust-code, and is printed", {
  timeout: 600_000,
}, async () => {
  const root = temporaryDirectory();
  writeTasks(root);
  write(root, { "code/mine.mjs": methodFile });
  const mark = join(root, "code/ran");
  const forget = (): void => writeFileSync(mark, "forgotten");
  const hasRun = (): boolean => existsSync(mark) && readFileSync(mark, "utf8") === "";
  const run = await startBench(
    ["glue", ...tiny, "--data", "glue", "--tasks", "sst2", "--method", "./code/mine.mjs", "--save", "--out", "out"],
    root,
  );
  expect([run.exitCode, hasRun()]).toEqual([0, true]);
  expect(run.stderr).toContain(`code: method ./code/mine.mjs from ${join(root, "code/mine.mjs")} (command line)`);

  const model = join("out/models", readdirSync(join(root, "out/models"))[0]!);
  const peaks = ["--peaks", "bench:f32=200G,bandwidth=30G,memory=16GB,power=100"];
  const suite = {
    name: "x",
    methods: [{ method: "./code/mine.mjs" }],
    backbone: "t5-tiny-random",
    tasks: ["sst2"],
    data: "sample",
  };
  write(root, { "suite.json": JSON.stringify(suite) });
  const commands = [
    ["eval", model],
    ["export", model, "--out", "exported"],
    ["report", "out", "--plan"],
    ["plan", "--calibrate", "out", "--methods", "full", ...peaks, "--backbone", "t5-tiny"],
    ["glue", "--suite", "suite.json", "--dry-run"],
  ];
  for (const command of commands) {
    forget();
    const refused = await startBench(command, root);
    expect([command[0], refused.exitCode, refused.stderr]).toEqual([
      command[0],
      2,
      oneError(/ wants to run \/.*mine\.mjs: .*add --trust-code to allow it/),
    ]);
    expect(hasRun()).toBe(false);
    const allowed = await startBench([...command, "--trust-code"], root);
    expect([command[0], hasRun()]).toEqual([command[0], true]);
    expect(allowed.stderr).toMatch(/^code: method .*mine\.mjs \(--trust-code, named in .*\)$/m);
  }

  const layout = await startBench(["export", model, "--layout", "constructor", "--trust-code"], root); // R6
  expect([layout.exitCode, layout.stderr.split("\n").at(-1)]).toEqual([
    2,
    oneError('layout "constructor": mine cannot'),
  ]);

  const about = join(root, model, "method.json");
  const whole = readFileSync(about, "utf8");
  const url = pathToFileURL(join(root, "code/mine.mjs")).href;
  const tampered = [
    { ...JSON.parse(whole), method: { packageName: url, module: "./gone.js", config: {} } },
    {
      ...JSON.parse(whole),
      method: { packageName: "@petl/method-lora", module: "../../../code/mine.mjs", config: {} },
    },
    {
      ...JSON.parse(whole),
      method: { packageName: "@petl/method-lora", module: "./gone.js", config: {} },
      backbone: { reference: url, seed: 0, sha256: null },
    },
  ];
  for (const [index, content] of tampered.entries()) {
    forget();
    writeFileSync(about, JSON.stringify(content));
    const { stderr, exitCode } = await startBench([index === 2 ? "export" : "eval", model], root);
    expect([index, exitCode, stderr]).toEqual([index, 2, oneError("add --trust-code to allow it")]);
    expect(hasRun()).toBe(false);
  }
  writeFileSync(about, `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`);
  const deep = await startBench(["eval", model], root);
  expect([deep.exitCode, deep.stderr]).toEqual([2, oneError("nested at most 200 deep")]);

  const { records } = await readRecords(join(root, "out"));
  const record = records[0]!;
  await writeRecord(join(root, "other"), { ...record, run: { ...record.run, methodPackage: url } });
  forget();
  const planned = await startBench(["report", "other", "--plan"], root);
  expect([planned.exitCode, planned.stderr, hasRun()]).toEqual([2, oneError("add --trust-code to allow it"), false]);
});

describe("R6: one line, always", () => {
  const arms = ["glue", ...tiny, "--data", "sample", "--tasks", "sst2", "--out", "out"];

  test("a broken package.json in the user's workspace is left out with a warning", async () => {
    const root = temporaryDirectory();
    write(root, { "package.json": "{", "pnpm-workspace.yaml": "", "packages/x/package.json": "[" });
    const { stderr, exitCode } = await startBench(["list", "--settings"], root);
    expect([exitCode, stderr]).toEqual([
      0,
      `warning: ${join(root, "package.json")} is not a JSON object and is left out`,
    ]);
  });

  test("a deleted working directory", async () => {
    const root = join(temporaryDirectory(), "gone");
    mkdirSync(root);
    const { stderr } = await execa("sh", ["-c", 'rmdir ../gone; exec "$0" "$@"', process.execPath, bench, ...arms], {
      cwd: root,
      reject: false,
    });
    expect(stderr).toEqual(oneError("working directory: expected one that exists"));
  });

  test("a method whose parse or attach throws something odd, and whatever else nobody expected", async () => {
    const root = temporaryDirectory();
    const odd = (name: string, change: (source: string) => string) => write(root, { [name]: change(methodFile) });
    odd("parse.mjs", (text) => text.replace("parse: () => ({})", 'parse() { throw "odd\\nwords" }'));
    odd("attach.mjs", (text) => text.replace("const { name", "throw Object.create(null); const { name"));
    odd(
      "stray.mjs",
      (text) => `setTimeout(() => { throw null; });\nawait new Promise((done) => setTimeout(done, 200));\n${text}`,
    );
    const last = async (command: readonly string[]) => {
      const { stderr, exitCode } = await startBench(command, root);
      const errors = stderr.split("\n").filter((line) => !/^(code|note|warning): /.test(line));
      return [exitCode, errors.join("\n")];
    };
    const plan = ["plan", "--backbone", "t5-tiny", "--method"];
    expect(await last([...arms, "--method", "./parse.mjs"])).toEqual([
      2,
      oneError("method mine: its parse failed: odd"),
    ]);
    expect(await last([...plan, "./attach.mjs"])).toEqual([
      2,
      oneError("method mine: its attach failed: a value of type object without"),
    ]);
    expect(await last([...arms, "--method", "./attach.mjs"])).toEqual([2, oneError("failed: .*without a message")]);
    expect(await last([...plan, "./stray.mjs"])).toEqual([1, oneError("unexpected object: null; .*PETL_DEBUG=1")]);
  });
});
