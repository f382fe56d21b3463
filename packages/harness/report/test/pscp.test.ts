import { buildReport, pscp, type ReportModel, renderHtml, renderMarkdown, renderTable, withPscp } from "@petl/report";
import { expect, test } from "vitest";
import { syntheticGrid } from "./record-factory.js";

test("each cost alone halves a score at its constant, and all three leave an eighth", () => {
  const free = { trainableParams: 0, forwardFlops: 0, memoryBytes: 0 };
  const whole = { trainableParams: 5e8, forwardFlops: 10e12, memoryBytes: 94e9 };
  expect(pscp(80, free)).toBe(80);
  for (const cost of Object.keys(free) as (keyof typeof free)[])
    expect(pscp(80, { ...free, [cost]: whole[cost] })).toBe(40);
  expect(pscp(80, whole)).toBe(10);
});

test("a value worked out by hand", () => {
  const costs = { trainableParams: 2.5e8, forwardFlops: 2.5e12, memoryBytes: 9.4e9 };
  expect(pscp(60, costs)).toBeCloseTo(60 / (1.5 * 1.25 * 1.1), 12); // 29.09
});

const model = buildReport(syntheticGrid(["sst2"], [0]), { reference: "all-weights" });
const counted = model.groups.map(({ variants }) => variants.map(() => ({ flops: 10e12, reason: null })));

/** The cells of a row of the first Markdown table with PSCP, by header. */
function rowOf(of: ReportModel, method: string): Record<string, string> {
  const cells = (line: string): string[] => line.split("|").slice(1, -1).map((cell) => cell.trim()); // biome-ignore format: one line
  const lines = renderMarkdown(of).markdown.split("\n");
  const at = lines.findIndex((line) => line.includes("| PSCP |"));
  const row = lines.slice(at).find((line) => line.startsWith(`| ${method} `))!;
  const values = cells(row);
  return Object.fromEntries(cells(lines[at]!).map((header, index) => [header, values[index]!]));
}

const unescaped = (html: string): string => html.replaceAll("&#x2F;", "/").replaceAll("&#x3D;", "=");

test("a report has PSCP of the figures beside it, with its formula, and only where it is asked for", () => {
  const asked = withPscp(model, counted);
  const row = asked.groups[0]!.summary.find(({ variant }) => variant === asked.groups[0]!.reference)!;
  const [score, params, memory] = [row.means[0]!.mean, row.counts!.trainableParams, row.costs.peakTensorBytes.value!];
  expect(row.counts!.headParams).toBe(0);
  const expected = score / ((1 + params / 5e8) * 2 * (1 + memory / 94e9));
  expect(row.pscp!.pscp.value).toBeCloseTo(expected, 10);
  expect(rowOf(asked, "all-weights")).toMatchObject({ "Forward FLOPs, one row": "10 T", PSCP: expected.toFixed(1) });
  for (const text of [renderMarkdown(asked).markdown, renderTable(asked), unescaped(renderHtml(asked))]) {
    expect(text).toContain("PSCP = score / ((1 + trainable parameters / 5e8)");
    expect(text).toContain("one row of 64 tokens");
  }
  expect(renderMarkdown(model).markdown).not.toContain("PSCP");
});

test("where FLOPs are not known, the cell says why", () => {
  const reason = 'backbone "mine": expected a geometry';
  const partly = counted.map((group) => group.map((each, at) => (at === 0 ? { flops: null, reason } : each)));
  const asked = withPscp(model, partly);
  const { label } = asked.groups[0]!.variants[0]!;
  expect(rowOf(asked, label).PSCP).toMatch(/^n\/a/);
  expect(renderMarkdown(asked).markdown).toContain("expected a geometry");
  expect(asked.groups[0]!.summary.filter(({ pscp }) => pscp!.pscp.value !== null)).toHaveLength(2);
});

test("a row without a run says so", () => {
  const [group] = model.groups;
  const summary = group!.summary.map((row, at) => (at === 0 ? { ...row, means: [], counts: null } : row));
  const [first] = withPscp({ ...model, groups: [{ ...group!, summary }] }, counted).groups[0]!.summary;
  expect(first!.pscp!.pscp).toMatchObject({ value: null, reason: "no completed run" });
});
