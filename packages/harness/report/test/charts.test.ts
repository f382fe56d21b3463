import { buildReport, renderHtml, renderMarkdown } from "@petl/report";
import { expect, test } from "vitest";
import { axisScale, shareOf } from "../src/charts/axis-scale.js";
import { overlap, placeLabels } from "../src/charts/place-labels.js";
import { variantStyles } from "../src/charts/variant-styles.js";
import { wrapLabel } from "../src/charts/wrap-label.js";
import { curveCharts } from "../src/views/curve-charts.js";
import { forests } from "../src/views/forest.js";
import { summaryPanels } from "../src/views/summary-bars.js";
import { syntheticGrid, syntheticMethods, syntheticRecord } from "./record-factory.js";
import { tunedSuite } from "./tuned-suite.js";

test("the baselines are bars beside the scores, rows of the forest and lines across the score curves", () => {
  const tuned = buildReport(tunedSuite(["sst2"], [0, 1]), { reference: "all-weights" });
  const [forest, bars] = [forests(tuned.groups[0]!)[0]!, summaryPanels(tuned.groups[0]!)];
  expect(forest.rows.slice(-2).map(({ label, mean, isBaseline }) => [label, mean, isBaseline])).toEqual([
    ["Constant answer", 50, true],
    ["Untouched backbone", 48, true],
  ]);
  expect(bars.map((panel) => panel.bars.length)).toEqual([5, 3, 3, 3]);
  const levels = (model: typeof tuned) =>
    curveCharts(model.groups[0]!)
      .flat()
      .map((chart) => chart.levels.length);
  expect(levels(tuned)).toEqual([0, 0, 0, 0]); // its curves are on held-out rows
  const dev = syntheticGrid(["sst2"], [0]).map((record) => ({
    ...record,
    scores: { ...record.scores!, constant: { answer: "negative", score: 51 } },
  }));
  const model = buildReport(dev, { reference: "all-weights" });
  expect(levels(model)).toEqual([0, 1, 0]);
  const picture = renderMarkdown(model).files.find(({ name }) => name.endsWith("sst2-score.svg"));
  expect(picture!.content).toContain("Constant answer");
});

const variant = (method: string, label = method) => ({
  ...{ id: label, label, method, methodPackage: `@example/${method}`, methodConfig: {} },
});

test("a method's colour does not depend on which others a report has, nor on their order", () => {
  const names = ["lora", "read", "bitfit", "prompt-tuning"];
  const all = variantStyles({ variants: names.map((name) => variant(name)), reference: null });
  const reversed = variantStyles({ variants: [...names].reverse().map((name) => variant(name)), reference: null });
  for (const name of names) {
    const alone = variantStyles({ variants: [variant(name)], reference: null });
    expect([alone.get(name), reversed.get(name)]).toEqual([all.get(name), all.get(name)]);
  }
  expect(new Set([...all.values()].map(({ colour }) => colour)).size).toBe(names.length);
});

test("methods whose names fall on one colour, and more variants than colours, stay apart", () => {
  const variants = Array.from({ length: 20 }, (_, size) => variant("one", `one (size=${size})`));
  const styles = variantStyles({ variants: [variant("other"), ...variants], reference: "other" });
  expect(styles.get("other")).toEqual({ colour: "var(--series-0)", dashed: false });
  expect(new Set([...styles.values()].map((style) => JSON.stringify(style))).size).toBe(21);
});

test("a long label keeps what tells variants of one method apart", () => {
  const labels = [64, 128].map((size) => `read (aggregation=mean, stateSize=${size}, cell=gru)`);
  expect(labels.map((label) => wrapLabel(label, 20))).toEqual([
    ["read", "(aggregation=mean,", "stateSize=64,", "cell=gru)"],
    ["read", "(aggregation=mean,", "stateSize=128,", "cell=gru)"],
  ]);
  const config = (stateSize: number) =>
    syntheticRecord(syntheticMethods[1]!, {
      run: { methodConfig: { aggregation: `mean${stateSize}`, stateSize, cell: `gru${stateSize}` } },
      changes: { id: `c${stateSize}` },
    });
  const [picture] = renderMarkdown(buildReport([config(64), config(128)], { reference: null })).files;
  for (const text of ["stateSize=64,", "stateSize=128,"]) expect(picture!.content).toContain(text);
});

test("labels of points that lie close cover neither each other nor a point", () => {
  const size = { width: 90, height: 14 };
  const points = [
    [200, 200],
    [210, 203],
    [215, 195],
    [190, 210],
    [300, 60],
  ].map(([x, y]) => ({ x: x!, y: y!, ...size }));
  const bounds = { x: 60, y: 30, width: 500, height: 340 };
  const boxes = placeLabels(points, { bounds }).map(({ dx, dy }, index) => ({
    ...{ x: points[index]!.x + dx - 45, y: points[index]!.y + dy - 7, ...size },
  }));
  for (const [index, box] of boxes.entries()) {
    expect(overlap(box, bounds)).toBeCloseTo(90 * 14);
    for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(0);
    for (const { x, y } of points) expect(overlap(box, { x: x - 7, y: y - 7, width: 14, height: 14 })).toBe(0);
  }
});

test("an axis has round ends around its values, powers of ten where they span much", () => {
  const linear = axisScale([33.2, 135]);
  expect([linear.min, linear.max % linear.interval]).toEqual([0, 0]);
  expect(linear.max).toBeGreaterThan(135);
  expect(axisScale([2560, 3_508_736])).toMatchObject({ min: 1000, max: 1e7, logarithmic: true });
  expect(shareOf(1e5, axisScale([2560, 3_508_736]))).toBeCloseTo(0.5);
  expect(axisScale([7])).toMatchObject({ logarithmic: false });
});

test("no axis shows a number with all its digits", () => {
  const [first] = syntheticMethods;
  const records = [first!, { ...first!, name: "other", cost: 0.77 }].map((method) =>
    syntheticRecord({ ...method, cost: method.cost * 2.940699183940001 }),
  );
  const { files } = renderMarkdown(buildReport(records, { reference: null }));
  const pictures = files.map(({ content }) => content).join("");
  const texts = [...pictures.matchAll(/>([^<>]*)<\/text>/g)].map(([, text]) => text!);
  expect(texts).toContain("294");
  expect(texts.filter((text) => /\d\.\d{4,}/.test(text))).toEqual([]);
});

test("the page shows the scores of each task once, with their deviations", () => {
  const model = buildReport(syntheticGrid(["sst2", "rte"], [0, 1]), { reference: "all-weights" });
  const html = renderHtml(model);
  expect(html.match(/<span>Scores by task:/g)?.length).toBe(1);
  expect(html.match(/<table class="heat">[\s\S]*?<\/table>/)?.[0]).toContain("78.5 ± 0.7");
  expect(html.match(/id="group-1-scores-table"/g)).toHaveLength(1);
});
