import { buildReport, type RunTrace, renderCsv, renderHtml, renderLatex } from "@petl/report";
import { expect, test } from "vitest";
import { csvCell } from "../src/formats/export/csv.js";
import { escapeLatex } from "../src/formats/export/latex.js";
import { paretoFront } from "../src/statistics/pareto.js";
import { syntheticGrid } from "./record-factory.js";

const options = { reference: "all-weights" } as const;

test("the LaTeX report of a small grid is as committed", async () => {
  const latex = renderLatex(buildReport(syntheticGrid(["sst2", "stsb"], [0, 1], { energy: true }), options));
  await expect(latex).toMatchFileSnapshot("fixtures/synthetic-report.tex");
});

test("the CSV has one row a method and task, in SI units, a missing figure empty", () => {
  const [head, ...rows] = renderCsv(buildReport(syntheticGrid(["sst2", "rte"], [0]), options))
    .trimEnd()
    .split("\r\n");
  expect(rows).toHaveLength(6);
  const columns = head!.split(",");
  expect(columns).toContain("peakTensorBytes");
  const cells = rows[0]!.replace(/^"[^"]*",/, "group,").split(",");
  expect(cells[columns.indexOf("trainTimeS")]).toBe("100");
  expect(cells[columns.indexOf("energyJ")]).toBe("");
});

test("hostile names come out right in LaTeX and CSV", () => {
  expect(escapeLatex("<script>|_%\\{}$#&~^")).toBe(
    "\\textless{}script\\textgreater{}\\textbar{}\\_\\%\\textbackslash{}\\{\\}\\$\\#\\&\\textasciitilde{}\\textasciicircum{}",
  );
  expect(escapeLatex("a \u05e9\u05dc b \u{1f9ea}")).toBe(
    "a \\foreigntext{\u05e9\u05dc}{U+05E9 U+05DC} b \\foreigntext{\u{1f9ea}}{U+1F9EA}",
  );
  expect(csvCell('a,"b"\nc')).toBe('"a,""b""\nc"');
  expect(csvCell("=1+1")).toBe("'=1+1");
  expect(csvCell("-4.5")).toBe("-4.5");
});

test("the front keeps what nothing beats, ties included", () => {
  const axis = (key: string, better: "less" | "more") => ({ key, label: key, unit: "", better });
  const at = (x: number, y: number) => ({ x, y, point: { label: `${x}`, colour: "", values: {}, texts: {} } });
  const points = [at(3, 9), at(1, 5), at(2, 4), at(2, 7), at(2, 7), at(4, 9)];
  expect(paretoFront(points, axis("x", "less"), axis("y", "more")).map(({ x, y }) => [x, y])).toEqual([
    [1, 5],
    [2, 7],
    [2, 7],
    [3, 9],
  ]);
});

test("5,000 runs with traces are a page of less than 15 MB", () => {
  const tasks = ["cola", "sst2", "mrpc", "qqp", "stsb", "mnli", "qnli", "rte", "wnli"];
  const records = syntheticGrid(
    tasks,
    Array.from({ length: 186 }, (_, seed) => seed),
    { energy: true },
  );
  const points = Array.from({ length: 2000 }, (_, step) => [step / 10, 100 + (step % 7)] as const);
  const trace: RunTrace = { powerW: points, memoryBytes: points, windows: [{ name: "training", fromS: 5, toS: 150 }] };
  const before = process.cpuUsage();
  const traces = new Map(records.map((record) => [record, trace]));
  const recordFiles = new Map(records.map((record) => [record, `runs/${record.id}.json`]));
  const html = renderHtml(buildReport(records, { ...options, traces, recordFiles }));
  expect(records.length).toBeGreaterThan(5000);
  expect(html.length).toBeLessThan(15e6);
  expect(html).toContain("Power and memory over time");
  expect(html.match(/<a href="runs\//g)).toHaveLength(records.length);
  const { user, system } = process.cpuUsage(before);
  console.log(`5,022 runs: ${((user + system) / 1e6).toFixed(1)} s of CPU, ${(html.length / 1e6).toFixed(1)} MB`);
}, 180_000);
