// Rates of matrix products: square ones and those of transformers, here in each precision and in PyTorch.
import { gpuPeaks } from "./gpu-peaks.mjs";
import { thisPart } from "./part.mjs";
import { engines, Sides } from "./sides.mjs";

const part = thisPart("products");
const square = (size) => ({ what: `${size} cubed`, rows: size, depth: size, columns: size });
const full = [
  ...[4096, 1024, 2048, 8192].map(square),
  { what: "T5-base feed-forward, 32 x 128 rows", rows: 4096, depth: 768, columns: 3072 },
  { what: "T5-base query, 32 x 128 rows", rows: 4096, depth: 768, columns: 768 },
  { what: "Llama-1B feed-forward, 32 x 128 rows", rows: 4096, depth: 2048, columns: 8192 },
  { what: "T5 vocabulary, 32 x 8 rows", rows: 256, depth: 768, columns: 32_128 },
];
const tiny = [square(32), { what: "T5-tiny feed-forward, 2 x 8 rows", rows: 16, depth: 64, columns: 256 }];
const shapes = part.isRehearsal ? tiny : full;
const [seconds, repeats] = part.isRehearsal ? [0, 3] : [0.15, 5];
const perProductS = part.isRehearsal ? 60 : 20;

const sides = new Sides(part);
const peaks = await gpuPeaks(part);
await sides.open(Object.keys(engines)); // at once: PyTorch alone takes seconds
const rows = [];
const notBegun = [];
const save = () => part.save({ peaks, seconds, repeats, versions: sides.versions, rows, notBegun });

/** Rates of one product in each repeat, or why there are none. */
async function measure(shape, engine) {
  const question = { ...shape, what: "product", seconds, repeats };
  const answer = await sides.ask(engine, question, Math.min(perProductS, part.leftS()));
  if (answer.error !== undefined) {
    const status = answer.isLate ? "late" : answer.isRefused ? "refused" : "failed";
    return { ...shape, engine, status, reason: answer.error, flopsPerS: null, count: null, largestError: null };
  }
  const flop = 2 * shape.rows * shape.depth * shape.columns;
  return {
    ...{ ...shape, engine, status: "measured", reason: null },
    flopsPerS: answer.seconds.map((eachS) => flop / eachS),
    ...{ count: answer.count, largestError: answer.largestError ?? null },
  };
}

for (const shape of shapes)
  for (const engine of Object.keys(engines)) {
    if (part.leftS() < 2) {
      notBegun.push({ ...shape, engine });
      continue;
    }
    const row = await measure(shape, engine);
    rows.push(row);
    const outcome = row.reason ?? `${(Math.max(...row.flopsPerS) / 1e12).toFixed(2)} TFLOP/s`;
    console.log(`${shape.what}, ${engine}: ${outcome}`);
    save();
  }
save();
sides.end();
