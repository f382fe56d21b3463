import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny } from "./bench-command.js";

/** WNLI in GLUE's layout with sentences of our own, its test file of the official 146 rows or of `testRows`. */
function writeWnli(directory: string, testRows = 146): void {
  const sentence = (row: number): string => `the ${row % 2 ? "bright" : "dull"} song number ${row} plays`;
  const rows = (count: number, isLabelled: boolean): string =>
    Array.from({ length: count }, (_, row) =>
      [row, sentence(row), sentence(row + (row % 2)), ...(isLabelled ? [row % 2] : [])].join("\t"),
    ).join("\n");
  mkdirSync(join(directory, "WNLI"), { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(directory, "WNLI", name), `${text}\n`);
  write("train.tsv", `index\tsentence1\tsentence2\tlabel\n${rows(40, true)}`);
  write("dev.tsv", `index\tsentence1\tsentence2\tlabel\n${rows(12, true)}`);
  write("test.tsv", `index\tsentence1\tsentence2\n${rows(testRows, false)}`);
}

test("submit predicts with the saved model, checks the eleven files and writes one archive; what lacks is refused by name", async () => {
  const directory = temporaryDirectory();
  writeWnli(join(directory, "glue"));
  const glue = ["--data", "glue", "--tasks", "wnli", "--methods", "bitfit,lora", "--save", "--out", "out"];
  expect((await startBench(["glue", ...tiny, ...glue], directory)).exitCode).toBe(0);
  const fill = ["--fill", "cola,sst2,mrpc,stsb,qqp,mnli,qnli,rte,ax"];
  const submit = (...args: string[]) => startBench(["submit", "out", ...args], directory);
  const refusal = async (...args: string[]): Promise<string> => {
    const { exitCode, stderr } = await submit(...args);
    expect([
      exitCode,
      stderr
        .trim()
        .split("\n")
        .filter((line) => !line.startsWith("predicting")).length,
    ]).toEqual([2, 1]);
    return stderr;
  };

  mkdirSync(join(directory, "nothing"));
  const none = await startBench(["submit", "nothing"], directory);
  expect([none.exitCode, none.stderr]).toEqual([
    2,
    expect.stringMatching(/^error: expected completed runs to submit, got none; train with bench glue --save[^\n]*$/),
  ]);
  expect(await refusal()).toContain("got 2 (bitfit, lora); choose one with --method");
  expect(await refusal("--method", "lora:rank=99")).toContain("expected completed runs of lora");
  expect(await refusal("--method", "lora")).toContain("none for CoLA, SST-2, MRPC, STS-B, QQP, MNLI-m");
  rmSync(join(directory, "out/models", bitfitRun(join(directory, "out/models"))), { recursive: true });
  expect(await refusal("--method", "bitfit", ...fill)).toContain("kept no model to predict with");

  writeWnli(join(directory, "short"), 9);
  const short = await refusal("--method", "lora", ...fill, "--data", "short");
  expect(short).toContain("expected 146, one a row of the official test file, got 9");

  const { stdout, exitCode } = await submit("--method", "lora", ...fill, "--json");
  expect(exitCode).toBe(0);
  const { archive, files } = JSON.parse(stdout);
  expect(files).toHaveLength(11);
  expect(files.find(({ file }: { file: string }) => file === "WNLI.tsv")).toMatchObject({ rows: 146 });
  const unpacked = unzipSync(readFileSync(archive));
  expect(Object.keys(unpacked)).toHaveLength(11);
  expect(new TextDecoder().decode(unpacked["WNLI.tsv"])).toMatch(/^index\tprediction\n(\d+\t[01]\n){146}$/);
  expect((await submit("--method", "lora", ...fill)).stderr).toBe(""); // predicted once
});

const bitfitRun = (models: string): string => readdirSync(models).find((name) => name.startsWith("bitfit"))!;
