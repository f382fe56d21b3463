// How often successive halving chooses what a grid of whole runs chooses, at what share of its cost, and how often the grid would choose the same
// again on other held-out rows.
//   node benchmarks/search-agreement.mjs HALVING GRID     two folders of bench tune or glue, or archives of their records, of the same suite (the
//                                                         second with --search grid)
// Times compare where both ran on one machine. Rows are drawn again only for trials whose records hold their answers, which those of bench tune
// leave out: benchmarks/records/search-grid-minilm.jsonl.gz comes from a build that keeps them.
import { resolve } from "node:path";
import { rankTrials, worthOf } from "@petl/bench";
import { findTask } from "@petl/glue";
import { score as scoreOf } from "@petl/task";
import { seededRandom } from "@petl/tensor";
import { mean } from "simple-statistics";
import { recordsOf } from "./pages/record-archive.mjs";

const draws = 1000;
const paths = process.argv.slice(2).map((path) => resolve(process.env.INIT_CWD ?? ".", path));
if (paths.length !== 2) {
  console.error("search-agreement: expected the records of two searches: HALVING GRID");
  process.exit(2);
}
const [ofHalving, ofGrid] = await Promise.all(paths.map(async (path) => trialsByCell(await recordsOf(path))));

/** Trials by method and task. */
function trialsByCell(records) {
  const cells = new Map();
  for (const record of records) {
    if (record.run.stage !== "trial") continue;
    const cell = `${record.run.method} on ${record.run.task}`;
    cells.set(cell, [...(cells.get(cell) ?? []), record]);
  }
  return cells;
}

const ranked = ({ run, ...record }) => ({ number: run.trial.number, ...worthOf(record) });

/** The trial that a search ends with: the best of its last rung. */
function chosenOf(trials) {
  const last = Math.max(...trials.map(({ run }) => run.trial.rung));
  const finalists = trials.filter(({ run }) => run.trial.rung === last);
  const [best] = rankTrials(finalists.map(ranked), trials[0].run.trial.of);
  return finalists.find(({ run }) => run.trial.number === best.number);
}

/** How often the grid chooses the same trial on held-out rows that are drawn again with replacement, and what it then gives away. */
function redrawn(trials, chosen) {
  if (trials.some(({ answers }) => answers.length === 0)) return {};
  const task = findTask(trials[0].run.task);
  const random = seededRandom(0);
  const rows = trials[0].answers[0].references.length;
  const scoreWith = new Map(trials.map(ranked).map(({ number, score }) => [number, score]));
  const choices = Array.from({ length: draws }, () => {
    const drawn = random.integers(rows, rows);
    const of = (values) => Array.from(drawn, (row) => values[row]);
    const again = trials.map((trial) => {
      const [{ predictions, references }] = trial.answers;
      return { ...ranked(trial), score: scoreOf(task, of(predictions), of(references)).score };
    });
    return rankTrials(again, trials.length)[0].number;
  });
  return {
    redrawnSame: Number(mean(choices.map((choice) => (choice === chosen ? 1 : 0))).toFixed(2)),
    redrawnLost: Number(mean(choices.map((choice) => scoreWith.get(chosen) - scoreWith.get(choice))).toFixed(1)),
  };
}

const steps = (trials) => trials.reduce((sum, { time }) => sum + (time?.steps ?? 0), 0);
const seconds = (trials) => trials.reduce((sum, { time }) => sum + (time ? time.trainTimeS + time.evalTimeS : 0), 0);
const share = (part, whole) => Number((part / whole).toFixed(2));

const rows = [...ofGrid].flatMap(([cell, trials]) => {
  const halved = ofHalving.get(cell);
  if (halved === undefined || trials.length < trials[0].run.trial.of) return []; // a search that is not over
  const [byHalving, byGrid] = [chosenOf(halved), chosenOf(trials)];
  const [halving, grid] = [byHalving.run.trial.number, byGrid.run.trial.number];
  const inGrid = trials.find(({ run }) => run.trial.number === halving);
  return [
    {
      ...{ cell, halving: byHalving.run.settings.learningRate, grid: byGrid.run.settings.learningRate },
      same: halving === grid,
      neighbour: Math.abs(halving - grid) <= 1,
      lost: Number((worthOf(byGrid).score - worthOf(inGrid).score).toFixed(1)), // held-out score that the choice gives away
      updates: share(steps(halved), steps(trials)),
      time: share(seconds(halved), seconds(trials)),
      ...redrawn(trials, grid),
    },
  ];
});
console.table(rows);
const counted = (count) => `${count} of ${rows.length} (${((100 * count) / rows.length).toFixed(0)} %)`;
console.log(
  `the same rate: ${counted(rows.filter(({ same }) => same).length)}; the same or the next: ${counted(rows.filter(({ neighbour }) => neighbour).length)}; ${mean(rows.map(({ lost }) => lost)).toFixed(1)} points given away`,
);
const again = rows.filter(({ redrawnSame }) => redrawnSame !== undefined);
if (again.length > 0)
  console.log(
    `the grid on ${draws} draws of its held-out rows: the same rate in ${(100 * mean(again.map(({ redrawnSame }) => redrawnSame))).toFixed(0)} %, ${mean(again.map(({ redrawnLost }) => redrawnLost)).toFixed(1)} points given away`,
  );
