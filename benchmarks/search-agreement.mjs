// How often successive halving chooses what a grid of whole runs chooses, and at what share of its cost.
//   node benchmarks/search-agreement.mjs HALVING GRID     two folders of bench tune, of the same suite (the second with --search grid)
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readRecords } from "@petl/results";

const [halving, grid] = process.argv.slice(2).map((path) => resolve(process.env.INIT_CWD ?? ".", path));
if (grid === undefined) {
  console.error("search-agreement: expected two folders of bench tune: HALVING GRID");
  process.exit(2);
}

/** Trials by method and task: of each its rate, rung and score on held-out examples; a trial that diverged scores nothing. */
async function cellsOf(directory) {
  const { records } = await readRecords(directory);
  const cells = new Map();
  for (const { run, status, scores, time } of records) {
    if (run.stage !== "trial") continue;
    const key = `${run.method} on ${run.task}`;
    const score = status === "completed" ? scores.best.score : Number.NEGATIVE_INFINITY;
    const costS = time === null ? 0 : time.trainTimeS + time.evalTimeS;
    cells.set(key, [
      ...(cells.get(key) ?? []),
      { ...run.trial, learningRate: run.settings.learningRate, score, costS },
    ]);
  }
  return cells;
}

/** What `bench tune` chose, by method and task. */
function choicesOf(directory) {
  const { rates } = JSON.parse(readFileSync(join(directory, "rates.json"), "utf8"));
  return new Map(rates.map(({ method, task, chosen }) => [`${method} on ${task}`, chosen]));
}

const sum = (trials) => trials.reduce((total, { costS }) => total + costS, 0);
const [ofHalving, ofGrid] = await Promise.all([cellsOf(halving), cellsOf(grid)]);
const [chosenByHalving, chosenByGrid] = [choicesOf(halving), choicesOf(grid)];
const rows = [...ofGrid].flatMap(([cell, trials]) => {
  const [chosen, best] = [chosenByHalving.get(cell), chosenByGrid.get(cell)];
  if (chosen === undefined || best === undefined) return [];
  const inGrid = trials.find(({ number }) => number === chosen.trial);
  return [
    {
      ...{ cell, halving: chosen.learningRate, grid: best.learningRate, same: chosen.trial === best.trial },
      neighbour: Math.abs(chosen.trial - best.trial) <= 1,
      lostPoints: Number((best.validationScore - inGrid.score).toFixed(1)), // held-out score that the choice gives away
      costShare: Number((sum(ofHalving.get(cell)) / sum(trials)).toFixed(2)),
    },
  ];
});
console.table(rows);
const share = (count) => `${count} of ${rows.length} (${((100 * count) / rows.length).toFixed(0)} %)`;
console.log(
  `the same rate: ${share(rows.filter(({ same }) => same).length)}; the same or the next: ${share(rows.filter(({ neighbour }) => neighbour).length)}`,
);
