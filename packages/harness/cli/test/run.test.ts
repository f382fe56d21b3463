import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRecords } from "@petl/results";
import { describe, expect, test } from "vitest";
import { startBench, temporaryDirectory } from "./bench-command.js";

const small = [
  "--backbone",
  "t5-tiny-random",
  "--trials",
  "2",
  "--seeds",
  "0",
  "--epochs",
  "1",
  "--batch-size",
  "8",
  "--validation",
  "8",
  "--max-length",
  "24",
];
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const table = (rows: readonly (readonly string[])[]) => rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");

/** A table of texts with quotes, commas and new lines, and answers of two kinds. */
function writeTable(directory: string, name = "reviews.csv"): void {
  const rows = Array.from({ length: 60 }, (_, row) => [
    `the "${row % 2 ? "bright" : "dull"}" song, number ${row},\nplays on`,
    row % 2 ? "good" : "bad",
    `${(row % 9) / 2}`,
  ]);
  writeFileSync(join(directory, name), table([["review", "verdict", "stars"], ...rows]));
}

test("a table of one's own goes to a report in one command, which is resumed and whose model can be used", async () => {
  const directory = temporaryDirectory();
  writeTable(directory);
  const command = [
    "run",
    "--data",
    "reviews.csv",
    "--text",
    "review",
    "--label",
    "verdict",
    "--methods",
    "lora,bitfit",
    ...small,
    "--out",
    "out",
    "--save",
  ];
  const first = await startBench(command, directory);
  expect(first.stderr).toContain('reviews: 2 classes were found in "verdict": bad, good.');
  expect(first.exitCode).toBe(0);
  const { records } = await readRecords(join(directory, "out"));
  const finals = records.filter(({ run }) => run.stage === "final");
  expect(finals.map(({ run }) => run.method).sort()).toEqual(["bitfit", "lora"]);
  for (const { task, data, scores } of finals) {
    expect(task).toMatchObject({ name: "reviews", collection: null, metrics: ["accuracy"] });
    expect(data).toMatchObject({ source: "table", files: [{ name: "reviews.csv" }, { name: "reviews.csv" }] });
    expect(scores?.test?.split).toBe("test");
  }
  const report = readFileSync(join(directory, "out/report.md"), "utf8");
  expect(report).toContain("reviews");
  expect(report).toContain("Constant answer");
  const again = await startBench(command, directory);
  expect([again.exitCode, again.stderr.includes("on reviews")]).toEqual([0, false]);
  const evaluated = await startBench(["eval", `out/models/${finals[0]!.id}`, "--json"], directory);
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ task: "reviews", score: finals[0]!.scores!.test!.score });
}, 240_000);

test("a file describes a task of scores, beside one of GLUE's on the sample", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "tasks"));
  writeTable(join(directory, "tasks"), "rows.csv");
  const task = { name: "stars", title: "Stars", data: "rows.csv", text: "review", label: "stars", kind: "score" };
  writeFileSync(join(directory, "tasks/stars.json"), JSON.stringify(task));
  const command = [
    "run",
    "--task",
    "tasks/stars.json",
    "--methods",
    "bitfit",
    "--protocol",
    "dev",
    ...small,
    "--out",
    "out",
    "--json",
  ];
  const { exitCode, stdout } = await startBench(command, directory);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ task: "stars", metrics: { pearson: expect.any(Number) } }] });
}, 120_000);

describe("one line and exit code 2 for", () => {
  test.each<[string, readonly string[], string]>([
    ["no task", [], "expected a task, got none; pass --data FILE --text COLUMN --label COLUMN, or --task FILE"],
    ["no label", ["--data", "reviews.csv"], "expected --label with the column of the answers"],
    [
      "columns to choose from",
      ["--data", "reviews.csv", "--label", "stars"],
      "more than one beside stars: review, verdict, stars",
    ],
    ["flags without a table", ["--label", "stars"], "--label: expected --data with the table"],
    [
      "a name of GLUE's",
      ["--data", "reviews.csv", "--text", "review", "--label", "verdict", "--name", "rte"],
      'task "rte": expected a name that is not GLUE',
    ],
    ["a task's file that is not there", ["--task", "no.json"], "task no.json: no such file"],
    ["a task's file that is no JSON", ["--task", "reviews.csv.json"], "task reviews.csv.json: not JSON"],
  ])("%s", async (_, args, message) => {
    const directory = temporaryDirectory();
    writeTable(directory);
    writeFileSync(join(directory, "reviews.csv.json"), "{");
    const { exitCode, stderr } = await startBench(["run", ...args], directory);
    expect(stderr).toContain(message);
    expect([exitCode, stderr.trim().split("\n").length]).toEqual([2, 1]);
  });
});
