import { linePanels } from "@petl/report";
import { number, percent, ratio } from "./text.mjs";

/** Rates of matrix products beside the card's. */
export function productsSection(products) {
  const heading = { heading: "Matrix products" };
  if (products === null) return [heading, { text: "This part did not run, or left no figures." }];
  const { peaks, rows } = products;
  const measured = rows.filter(({ flopsPerS }) => flopsPerS !== null);
  if (measured.length === 0) return [heading, { text: "No product was measured; the last section says why." }];
  const best = ({ flopsPerS }) => Math.max(...flopsPerS);
  const middle = ({ flopsPerS }) => flopsPerS.toSorted((a, b) => a - b)[flopsPerS.length >> 1];
  const head = [
    "product",
    "engine",
    "rows x depth x columns",
    "TFLOP/s, median",
    "best",
    "of the card's",
    "largest error",
  ];
  const table = measured.map((row) => [
    ...[row.what, row.engine, `${row.rows} x ${row.depth} x ${row.columns}`],
    ...[
      number(middle(row) / 1e12),
      number(best(row) / 1e12),
      percent(ratio(middle(row), peakOf(row.engine, peaks.spec))),
    ],
    row.largestError === null ? "n/a" : row.largestError.toExponential(1),
  ]);
  const squares = measured.filter(({ rows, depth, columns }) => rows === depth && depth === columns);
  const lines = [...new Set(squares.map(({ engine }) => engine))].map((label) => ({
    label,
    points: squares
      .filter(({ engine }) => engine === label)
      .map((row) => [row.rows, middle(row) / 1e12])
      .sort(([a], [b]) => a - b),
  }));
  const picture = {
    picture: "pictures/products.svg",
    title: "Square products, TFLOP/s by size",
    chart: linePanels([{ title: "Square products, TFLOP/s", lines, xName: "rows, depth and columns" }], 1),
  };
  return [
    heading,
    { text: peakText(peaks) },
    { rows: [head, ...table], textColumns: 3 },
    ...(lines.length > 0 ? [picture] : []),
  ];
}

/** The card's dense rate for an engine; ours in f32x3 has none of its own. */
function peakOf(engine, spec) {
  if (spec === null) return null;
  const rates = {
    "ours f32": spec.f32FlopsPerS,
    "ours f16": spec.f16FlopsPerS,
    "torch f32": spec.f32FlopsPerS,
    "torch tf32": spec.tf32FlopsPerS,
    "torch bf16": spec.f16FlopsPerS,
  };
  return rates[engine] ?? null;
}

function peakText({ spec, reason }) {
  const errors =
    "The largest error is that of 64 values of the first row against sums in float64, over the largest of them.";
  if (spec === null) return `The card's own rates are not known: ${reason}. ${errors}`;
  const tera = (rate) => number(rate / 1e12);
  return `The card's dense rates by ${spec.source}: f32 ${tera(spec.f32FlopsPerS)}, TF32 ${tera(spec.tf32FlopsPerS)}, f16 and bf16 ${tera(spec.f16FlopsPerS)} TFLOP/s. ${errors}`;
}
