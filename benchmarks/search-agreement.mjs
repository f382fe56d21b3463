// How often successive halving chooses what a grid of whole runs chooses, at what share of its cost, and how often the grid would choose the same
// again on other held-out rows.
//   node benchmarks/search-agreement.mjs HALVING GRID     two folders of bench tune or glue, or archives of their records, of the same suite (the
//                                                         second with --search grid)
// Times compare where both ran on one machine. Rows are drawn again only for trials whose records hold their answers, which those of bench tune
// leave out: benchmarks/records/search-grid-minilm.jsonl.gz comes from a build that keeps them.
import { resolve } from "node:path";
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

/** Trials by method and task, in order of rung and rate. */
function trialsByCell(records) {
  const trials = records.filter(({ run }) => run.stage === "trial" && run.trial !== null);
  const place = ({ run }) => 1000 * run.trial.rung + run.trial.number;
  const cells = new Map();
  for (const trial of trials.sort((a, b) => place(a) - place(b))) {
    const cell = `${trial.run.method} on ${trial.run.task}`;
    cells.set(cell, [...(cells.get(cell) ?? []), trial]);
  }
  return cells;
}

const worth = ({ status, scores }) =>
  status === "completed"
    ? { score: scores.best.score, loss: scores.best.loss ?? Number.POSITIVE_INFINITY }
    : { score: Number.NEGATIVE_INFINITY, loss: Number.POSITIVE_INFINITY };

/** The place of the best: of equal scores that of the lower loss, as `bench tune` chooses. */
const bestOf = (worths) =>
  worths.reduce(
    (best, { score, loss }, at) =>
      score > worths[best].score || (score === worths[best].score && loss < worths[best].loss) ? at : best,
    0,
  );

/** The trial that a search ends with: the best of its last rung. */
function chosenOf(trials) {
  const last = Math.max(...trials.map(({ run }) => run.trial.rung));
  const finalists = trials.filter(({ run }) => run.trial.rung === last);
  return finalists[bestOf(finalists.map(worth))];
}

/** How often the grid chooses the same trial on held-out rows that are drawn again with replacement, and what it then gives away. */
function redrawn(trials, chosen) {
  if (trials.some(({ answers }) => answers.length === 0)) return {};
  const task = findTask(trials[0].run.task);
  const random = seededRandom(0);
  const rows = trials[0].answers[0].references.length;
  const whole = trials.map(worth);
  const choices = Array.from({ length: draws }, () => {
    const drawn = random.integers(rows, rows);
    const of = (values) => Array.from(drawn, (row) => values[row]);
    return bestOf(
      trials.map(({ answers: [{ predictions, references }] }, at) => ({
        score: scoreOf(task, of(predictions), of(references)).score,
        loss: whole[at].loss,
      })),
    );
  });
  const lost = choices.map((choice) => whole[chosen].score - whole[choice].score);
  return {
    redrawnSame: Number(mean(choices.map((choice) => (choice === chosen ? 1 : 0))).toFixed(2)),
    redrawnLost: Number(mean(lost).toFixed(1)),
  };
}

const steps = (trials) => trials.reduce((sum, { time }) => sum + (time?.steps ?? 0), 0);
const seconds = (trials) => trials.reduce((sum, { time }) => sum + (time ? time.trainTimeS + time.evalTimeS : 0), 0);
const share = (part, whole) => Number((part / whole).toFixed(2));

const rows = [...ofGrid].flatMap(([cell, trials]) => {
  const halved = ofHalving.get(cell);
  const rates = trials.length;
  if (halved === undefined || rates < trials[0].run.trial.of) return []; // a search that is not over
  const best = bestOf(trials.map(worth));
  const { run } = chosenOf(halved);
  const halving = run.trial.number - 1;
  return [
    {
      cell,
      halving: run.settings.learningRate,
      grid: trials[best].run.settings.learningRate,
      same: halving === best,
      neighbour: Math.abs(halving - best) <= 1,
      lost: Number((worth(trials[best]).score - worth(trials[halving]).score).toFixed(1)), // held-out score that the choice gives away
      updates: share(steps(halved), steps(trials)),
      time: share(seconds(halved), seconds(trials)),
      ...redrawn(trials, best),
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
