import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import {
  checkPredictions,
  constantPredictions,
  predictionsText,
  type SubmissionFile,
  submissionFiles,
  zipPredictions,
} from "../../src/index.js";
import { taskError } from "../files.js";

const file = (name: string): SubmissionFile => submissionFiles.find((item) => item.name === name)!;

test("a submission has eleven files, of the official numbers of rows", () => {
  const rows = submissionFiles.map(({ name, task, split }) => [name, task.splits[split]!.officialRows]);
  expect(Object.fromEntries(rows)).toEqual({
    ...{ CoLA: 1063, "SST-2": 1821, MRPC: 1725, "STS-B": 1379, QQP: 390965, "MNLI-m": 9796, "MNLI-mm": 9847 },
    ...{ QNLI: 5463, RTE: 3000, WNLI: 146, AX: 1104 },
  });
});

test("answers are written as the server reads them: 0 and 1, words, or a clipped score with three decimals", () => {
  const text = (name: string, predictions: (number | undefined)[]) => predictionsText(file(name).task, predictions);
  expect(text("SST-2", [1, 0])).toBe("index\tprediction\n0\t1\n1\t0\n");
  expect(text("WNLI", [0])).toContain("0\t0\n");
  expect(text("QNLI", [0, 1])).toBe("index\tprediction\n0\tentailment\n1\tnot_entailment\n");
  expect(text("MNLI-mm", [0, 1, 2])).toContain("0\tentailment\n1\tneutral\n2\tcontradiction\n");
  expect(text("AX", [2])).toContain("0\tcontradiction\n");
  expect(text("STS-B", [-1, 2.6, 7])).toBe("index\tprediction\n0\t0.000\n1\t2.600\n2\t5.000\n");
});

test("every file answered by a constant passes its own check and no other task's", async () => {
  for (const each of submissionFiles) {
    const text = constantPredictions(each);
    checkPredictions(each, text);
    const other = each.name === "QNLI" ? "MNLI-m" : "QNLI";
    expect((await taskError(() => checkPredictions(file(other), text))).code).toBe("E_TASK_SUBMISSION");
  }
});

describe("a file that the server would refuse is refused with the line", () => {
  const good = constantPredictions(file("WNLI"));
  const cases: [string, string, number, string][] = [
    ["a missing row", good.replace(/145\t0\n$/, ""), 146, "expected 146"],
    ["a row too many", `${good}146\t0\n`, 148, "got 147"],
    ["rows out of order", good.replace("\n3\t0\n4\t0", "\n4\t0\n3\t0"), 5, "index 3"],
    ["a label of another task", good.replace("\n9\t0", "\n9\tentailment"), 11, "one of 0, 1"],
    ["no answer", good.replace("\n9\t0", "\n9\t"), 11, 'got ""'],
    ["a further column", good.replace("\n9\t0", "\n9\t0\t0"), 11, "index 9"],
    ["another header", good.replace("prediction", "label"), 1, "wrong header"],
  ];
  test.each(cases)("%s", async (_, text, line, words) => {
    const error = await taskError(() => checkPredictions(file("WNLI"), text));
    expect([error.code, error.line]).toEqual(["E_TASK_SUBMISSION", line]);
    expect(error.message).toContain(words);
  });

  test("a score outside the range", async () => {
    const text = constantPredictions(file("STS-B")).replace("\n7\t2.500", "\n7\t5.200");
    expect((await taskError(() => checkPredictions(file("STS-B"), text))).line).toBe(9);
  });
});

test("the archive holds each text by its name, and the same texts give the same bytes", () => {
  const texts = new Map([
    ["CoLA", "index\tprediction\n0\t1\n"],
    ["AX", "index\tprediction\n"],
  ]);
  const bytes = zipPredictions(texts);
  const unpacked = Object.entries(unzipSync(bytes)).map(([name, content]) => [name, new TextDecoder().decode(content)]);
  expect(unpacked).toEqual([
    ["CoLA.tsv", "index\tprediction\n0\t1\n"],
    ["AX.tsv", "index\tprediction\n"],
  ]);
  expect(zipPredictions(texts)).toEqual(bytes);
});
