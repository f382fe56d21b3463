import { formatCount, markdownTable, renderLinePanels, scoreText } from "@petl/report";
import { mean, sampleStandardDeviation } from "simple-statistics";

/**
 * Scores of a pre-trained backbone beside those of the same with random weights, in Markdown: a row for each task, number of training
 * rows and epochs, a column a method, after the last epoch.
 *
 * @param {readonly import("@petl/results").RunRecord[]} records completed, of both backbones
 * @throws Error where a cell has more seeds of one backbone than of the other
 */
export function transferTable(records) {
  const methods = distinct(records.map(({ run }) => run.method)).sort();
  const lines = comparable(records).map(({ task, rows, epochs, seeds, scoresOf }) => [
    ...[task, formatCount(rows), epochs, seeds],
    ...methods.map((method) => cell(`${method} on ${task} with ${rows} rows`, scoresOf(method))),
  ]);
  return markdownTable(["task", "rows", "epochs", "seeds, at most", ...methods], lines);
}

function cell(name, { preTrained, random }) {
  if (preTrained.length !== random.length)
    throw new Error(`${name}: expected as many seeds of both backbones, got ${preTrained.length} and ${random.length}`);
  if (random.length === 0) return "-";
  return `${meanText(preTrained)} / ${meanText(random)}${inPooledDeviations(preTrained, random)}`;
}

/** Scores over training rows, a panel a task: full tuning and READ, each on both backbones. */
export function transferPicture(records) {
  const groups = comparable(records);
  const panels = distinct(groups.map(({ task }) => task)).map((task) => ({
    ...{ title: task, xName: "training rows", yScale: "linear" },
    lines: ["full", "read"].flatMap((method) => {
      const cells = groups
        .filter((group) => group.task === task)
        .map(({ rows, scoresOf }) => ({ rows, ...scoresOf(method) }))
        .filter(({ preTrained, random }) => preTrained.length > 0 && random.length > 0);
      return [
        { label: `${method}, pre-trained`, points: cells.map(({ rows, preTrained }) => [rows, mean(preTrained)]) },
        { label: `${method}, random`, points: cells.map(({ rows, random }) => [rows, mean(random)]) },
      ];
    }),
  }));
  return renderLinePanels(panels, 3);
}

/** Records that are compared with each other, those of one task with as many rows and epochs; by task, fewest rows first. */
function comparable(records) {
  const groups = new Map();
  for (const record of records) {
    const [task, rows, epochs] = [record.run.task, record.data.trainExamples, record.run.settings.epochs];
    const key = [task, rows, epochs].join();
    const group = groups.get(key) ?? { task, rows, epochs, own: [] };
    group.own.push(record);
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort(
      (one, other) => one.task.localeCompare(other.task, "en") || one.rows - other.rows || one.epochs - other.epochs,
    )
    .map(({ own, ...group }) => ({
      ...group,
      seeds: distinct(own.map(({ run }) => run.seed)).length,
      scoresOf(method) {
        const ofMethod = own.filter(({ run }) => run.method === method);
        const scores = (isWanted) => ofMethod.filter(isWanted).map((record) => record.scores.last.score);
        return { preTrained: scores((record) => !isRandom(record)), random: scores(isRandom) };
      },
    }));
}

const isRandom = ({ backboneSource }) => backboneSource?.kind === "random";
const distinct = (values) => [...new Set(values)];
const meanText = (scores) =>
  scoreText({ mean: mean(scores), deviation: scores.length > 1 ? sampleStandardDeviation(scores) : null });

/** How many pooled standard deviations lie between two means, in brackets; nothing for single seeds. */
function inPooledDeviations(one, other) {
  if (one.length < 2) return "";
  const pooled = Math.sqrt((sampleStandardDeviation(one) ** 2 + sampleStandardDeviation(other) ** 2) / 2);
  return ` (${((mean(one) - mean(other)) / pooled).toFixed(1)})`;
}
