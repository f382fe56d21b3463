import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

/** What is wrong, the arguments after `glue --data DIR`, and what the one line must say. */
const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    "an unknown method",
    ["--methods", "lara"],
    /method "lara": no such method; expected one of .*bitfit.*Did you mean "lora"\?/,
  ],
  [
    "an unknown task",
    ["--tasks", "ssst2"],
    /task "ssst2": no such task; expected one of .*sst2.*Did you mean "sst2"\?/,
  ],
  ["an unknown flag", ["--taks", "sst2"], /unknown option '--taks' \(Did you mean --tasks\?\)/],
  [
    "an unknown backbone",
    ["--backbone", "t5-tiny-randm"],
    /backbone "t5-tiny-randm": .*Did you mean "t5-tiny-random"\?/,
  ],
  ["an unknown device", ["--device", "cpuu"], /device "cpuu": .*Did you mean "cpu"\?/],
  ["an unknown preset", ["--preset", "qick"], /--preset: .*got "qick"\. Did you mean "quick"\?/],
  ["an unknown setting of a method", ["--method", "lora:rnk=8"], /lora\.rnk: no such setting; known: rank/],
  [
    "a bad value of a method's setting",
    ["--method", "lora:rank=0"],
    /lora\.rank: expected an integer from 1 up, got "0"/,
  ],
  ["a setting that does not fit the backbone", ["--method", "lora:rank=500"], /lora: expected a rank from 1 to 64/],
  [
    "a malformed --method",
    ["--method", "lora:rank"],
    /--method: expected NAME or NAME:key=value,key=value, got "lora:rank"/,
  ],
  [
    "a number that is none",
    ["--epochs", "two"],
    /'--epochs <n>' argument 'two' is invalid\. Expected a whole number from 1/,
  ],
  ["two lengths of training", ["--steps", "5"], /'--epochs <n>' cannot be used with option '--steps <n>'/],
  ["seeds that are none", ["--seeds", "2-0"], /Expected whole numbers or ranges such as 0,1,2 or 0-2,5, got "2-0"/],
  ["a choice that is none", ["--schedule", "cubic"], /Expected one of linear, constant, cosine, .*got "cubic"/],
  [
    "a precision that the device does not have",
    ["--device", "cpu", "--precision", "f16"],
    /device "cpu" cannot be used here: it computes in float32, so expected --precision f32, got f16; leave out --precision or use --device webgpu/,
  ],
  ["a task without training data", ["--tasks", "ax"], /AX has no training data/],
  ["a task whose files are missing", ["--tasks", "cola"], /CoLA.*train\.tsv/],
  [
    "a package that is no method",
    ["--methods", "./plain.mjs"],
    /method "\.\/plain\.mjs".*expected a default export of type PetlMethod, got no default export/,
  ],
  [
    "a repository of the hub without hf:",
    ["--backbone", "google/flan-t5-small"],
    /backbone "google\/flan-t5-small": .*write hf:google\/flan-t5-small\./,
  ],
  [
    "a backbone of another family",
    ["--backbone", "gpt2", "--dry-run"],
    /gpt2\/config\.json: expected a model_type of .*t5 .*got "gpt2", which is not supported/,
  ],
  [
    "data that are a file",
    ["--data", "plain.mjs"],
    /data .*plain\.mjs: expected a directory in GLUE's layout .*got a file/,
  ],
  ["a directory that is no checkpoint", ["--backbone", "empty"], /empty: expected config\.json/],
  [
    "an output directory that cannot be made",
    ["--out", "plain.mjs/out"],
    /output directory .*plain\.mjs\/out: expected one that can be written/,
  ],
  ...(process.platform === "linux"
    ? ([
        [
          "an output directory where the system makes none",
          ["--out", "/proc/petl"],
          /output directory \/proc\/petl: expected one that can be written, got ENOENT/,
        ],
      ] as const)
    : []),
  ["a suite file that is not there", ["--suite", "nope.json"], /nope\.json: no such file/],
];

describe("bad input gets one clear line and exit code 2", () => {
  test.each(cases)("%s", async (_title, args, message) => {
    const directory = temporaryDirectory();
    const data = writeTasks(directory);
    writeFileSync(join(directory, "plain.mjs"), "export const nothing = 1;\n");
    mkdirSync(join(directory, "empty"));
    mkdirSync(join(directory, "gpt2"));
    writeFileSync(join(directory, "gpt2/config.json"), JSON.stringify({ model_type: "gpt2", hidden_size: 32 }));
    const before = readdirSync(directory);
    const defaults = ["--tasks", "sst2", "--methods", "full", "--out", "out"];
    const { exitCode, stderr, stdout } = await startBench(
      ["glue", ...tiny, "--data", data, ...defaults, ...args],
      directory,
    );
    expect(stderr).toMatch(message);
    expect(stderr.replace(/^code: .*\n/, "")).toMatch(/^error: [^\n]+$/); // a file that was named is announced first
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
    expect(readdirSync(join(directory)).filter((name) => !before.includes(name) && name !== "out")).toEqual([]);
  });

  test("a malformed row is named by file and line before anything runs", async () => {
    const directory = temporaryDirectory();
    const data = writeTasks(directory);
    appendFileSync(join(data, "SST-2", "train.tsv"), "a row\twith\tthree columns\n");
    const { exitCode, stderr } = await startBench(["glue", ...tiny, "--data", data, "--tasks", "sst2"], directory);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .*train\.tsv:42: .*got 3/);
  });

  test("without data and without a network it is said where to place the files", async () => {
    const directory = temporaryDirectory();
    const env = { PETL_CACHE: join(directory, "cache"), https_proxy: "http://127.0.0.1:9" };
    const { exitCode, stderr, stdout } = await startBench(["glue", "--dry-run"], directory, env);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("GLUE is not in the cache yet");
  });

  test("no command, and an unknown command", async () => {
    const directory = temporaryDirectory();
    const none = await startBench([], directory);
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining("pnpm bench glue --help")]);
    const unknown = await startBench(["glu"], directory);
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      2,
      "error: unknown command 'glu' (Did you mean glue?); see --help",
    ]);
  });
});
