// How often successive halving chooses what a grid of whole runs chooses, and at what share of its cost.
//   node benchmarks/search-agreement.mjs HALVING GRID     two folders of bench tune, of the same suite (the second with --search grid)
import { resolve } from "node:path";
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

/** The best trial of the last rung; of equal scores the one nearest to the middle, as the search itself takes it. */
function choiceOf(trials) {
  const last = trials.filter(({ rung, rungs }) => rung === rungs);
  const fromMiddle = ({ number, of }) => Math.abs(number - (of + 1) / 2);
  return last.sort((a, b) => b.score - a.score || fromMiddle(a) - fromMiddle(b))[0];
}

const sum = (trials) => trials.reduce((total, { costS }) => total + costS, 0);
const [ofHalving, ofGrid] = await Promise.all([cellsOf(halving), cellsOf(grid)]);
const rows = [...ofGrid].flatMap(([cell, trials]) => {
  const halved = ofHalving.get(cell);
  const [chosen, best] = [halved && choiceOf(halved), choiceOf(trials)];
  if (chosen === undefined || best === undefined) return [];
  const inGrid = trials.find(({ number }) => number === chosen.number);
  return [
    {
      ...{ cell, halving: chosen.learningRate, grid: best.learningRate, same: chosen.number === best.number },
      neighbour: Math.abs(chosen.number - best.number) <= 1,
      lostPoints: Number((best.score - inGrid.score).toFixed(1)), // held-out score that the choice gives away
      costShare: Number((sum(halved) / sum(trials)).toFixed(2)),
    },
  ];
});
console.table(rows);
const share = (count) => `${count} of ${rows.length} (${((100 * count) / rows.length).toFixed(0)} %)`;
console.log(
  `the same rate: ${share(rows.filter(({ same }) => same).length)}; the same or the next: ${share(rows.filter(({ neighbour }) => neighbour).length)}`,
);
