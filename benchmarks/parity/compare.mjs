// Scores of the same fine-tunings here and in PyTorch: means, standard deviations, and whether they lie within one pooled deviation.
// node benchmarks/parity/compare.mjs OURS.jsonl PYTORCH.jsonl, as mrpc.mjs and scripts/real-checkpoints/peft_mrpc.py write them; exit code 1
// where a mean lies further off
import { readFileSync } from "node:fs";
import { mean, median, sampleStandardDeviation } from "simple-statistics";

const fail = (message) => {
  console.error(`compare: ${message}`);
  process.exit(2);
};
const files = process.argv.slice(2);
if (files.length !== 2) fail(`expected two files, ours and PyTorch's, got ${files.length}`);
const [ours, theirs] = files.map((file) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line)),
);

const groupOf = ({ checkpoint, method, learningRate, dropout }) =>
  `${checkpoint}, ${method}, learning rate ${learningRate}, dropout ${dropout}`;
const groups = [...new Set([...ours, ...theirs].map(groupOf))];
const rows = [];
const times = [];
for (const group of groups) {
  const sides = [ours, theirs].map((runs) => runs.filter((run) => groupOf(run) === group));
  const [own, other] = sides.map((runs) => runs.length);
  if (own < 2 || other < 2)
    fail(`${group}: expected at least 2 runs on each side, got ${own} of ours and ${other} of PyTorch`);
  const [trained, expected] = sides.map(([{ trained, head, rows }]) => JSON.stringify([trained, head, rows]));
  if (trained !== expected)
    fail(`${group}: expected parameters, head and rows ${expected} as in PyTorch, got ${trained}`);
  for (const metric of ["accuracy", "f1"]) rows.push(comparison(group, metric, sides));
  times.push({ run: group, ...stepTimes(sides) });
}
console.table(rows);
console.table(times);
process.exit(rows.every((row) => row["within one"]) ? 0 : 1);

/** Of the scores after the last epoch. */
function comparison(run, metric, sides) {
  const [a, b] = sides.map((runs) => runs.map(({ epochs }) => epochs.at(-1)[metric]));
  const [sdA, sdB] = [sampleStandardDeviation(a), sampleStandardDeviation(b)];
  const pooled = Math.sqrt(((a.length - 1) * sdA ** 2 + (b.length - 1) * sdB ** 2) / (a.length + b.length - 2));
  const difference = mean(a) - mean(b);
  return {
    ...{ run, metric, runs: `${a.length} and ${b.length}` },
    ours: `${mean(a).toFixed(2)} ± ${sdA.toFixed(2)}`,
    PyTorch: `${mean(b).toFixed(2)} ± ${sdB.toFixed(2)}`,
    ...{ difference: +difference.toFixed(2), pooled: +pooled.toFixed(2) },
    "within one": Math.abs(difference) <= pooled,
  };
}

/** Times of steps are comparable where both ran on the same machine, which did nothing else. */
function stepTimes(sides) {
  const [wall, processor] = ["stepMs", "processorStepMs"].map((name) =>
    sides.map((runs) => median(runs.map((run) => run[name]))),
  );
  return {
    ...{
      "ours ms/step": Math.round(wall[0]),
      "PyTorch ms/step": Math.round(wall[1]),
      x: +(wall[1] / wall[0]).toFixed(2),
    },
    "x by cpu time": +(processor[1] / processor[0]).toFixed(2),
  };
}
