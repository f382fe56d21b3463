import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

const suite = [
  ...["glue", ...tiny.with(1, "llama-tiny-random"), "--data", "glue", "--tasks", "sst2", "--threads", "1"],
  ...["--limit", "8", "--eval-limit", "4", "--batch-size", "4"],
];

test("a backbone in 4 bits is tuned, saved and scored again; a report tells it from the one in float32", {
  timeout: 900_000,
}, async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const stored = [...suite, "--backbone-dtype", "nf4+dq", "--methods", "read,lora,full", "--save", "--out", "stored"];
  const { exitCode, stderr } = await startBench(stored, directory);
  expect(exitCode, stderr).toBe(0);
  expect(stderr.match(/\S+ trains \d+ of the backbone's tensors [^\n]*/g)).toEqual([
    expect.stringMatching(/^full trains \d+ of .* would be stored as nf4\+dq: they stay float32/),
  ]);
  const { records } = await readRecords(join(directory, "stored"));
  expect(records.map(({ run, status }) => `${run.method} ${status}`).sort()).toEqual([
    ...["full completed", "lora completed", "read completed"],
  ]);
  for (const { run, backboneSource } of records) {
    expect(run.settings.backboneDtype).toBe("nf4+dq");
    expect(backboneSource).toMatchObject({ paramsSha256: null });
  }
  const lora = records.find(({ run }) => run.method === "lora")!;
  const evaluated = await startBench(["eval", join("stored/models", lora.id), "--json"], directory);
  expect(evaluated.exitCode, evaluated.stderr).toBe(0);
  const { score, metrics, examples } = lora.scores!.evaluations.at(-1)!;
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ method: "lora", score, metrics, examples });

  expect((await startBench([...suite, "--methods", "lora", "--out", "float"], directory)).exitCode).toBe(0);
  const report = await startBench(["report", "float", "stored", "--out", "both"], directory);
  expect(report.exitCode, report.stderr).toBe(0);
  const markdown = readFileSync(join(directory, "both", "report.md"), "utf8");
  for (const dtype of ["f32", "nf4+dq"]) expect(markdown).toContain(`lora (backboneDtype=${dtype})`);
});

test("an unknown type of frozen weights is refused in one line", async () => {
  const { exitCode, stdout, stderr } = await startBench([...suite, "--backbone-dtype", "int4"], temporaryDirectory());
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /^error: [^\n]*--backbone-dtype[^\n]*f32, bf16, f16, int8, nf4, nf4\+dq, file[^\n]*int4[^\n]*$/,
  );
});
