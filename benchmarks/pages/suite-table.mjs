import {
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  markdownTable,
  paretoFront,
  scoreText,
} from "@petl/report";

/**
 * A suite's results as a table in Markdown, one row an arm in the suite's order.
 *
 * `labels` are by variant id, in order; figures are those of the report's summary: memory is the highest of the tasks, times are sums.
 *
 * @param {import("@petl/report").ReportModel["groups"][number]} group
 * @param {readonly (readonly [id: string, label: string])[]} labels
 */
export function suiteTable(group, labels) {
  const rows = labels.flatMap(([id, label]) => {
    const summary = group.summary.find(({ variant }) => variant === id);
    return summary === undefined ? [] : [{ id, label, summary, score: meanScore(group, id) }];
  });
  const fronts = {
    memory: frontOf(rows, ({ summary }) => summary.costs.peakTensorBytes.value),
    time: frontOf(rows, ({ summary }) => summary.costs.trainTimeS.value),
  };
  const tasks = group.tasks.filter(({ name }) => group.commonTasks.includes(name));
  const head = [
    "arm",
    "trained",
    "backward",
    "mean score",
    ...tasks.map(({ label }) => label),
    "peak memory",
    "training",
  ];
  const body = rows.map(({ id, label, summary, score }) => [
    label,
    summary.counts === null ? "n/a" : formatCount(summary.counts.trainableParams),
    summary.counts === null ? "n/a" : `${summary.counts.backwardLayers} of ${summary.counts.layers}`,
    score === null ? "n/a" : scoreText({ mean: score, deviation: null }),
    ...tasks.map(({ name }) => taskScore(group, id, name)),
    cost(summary.costs.peakTensorBytes, formatBytes, fronts.memory.has(id)),
    cost(summary.costs.trainTimeS, formatSeconds, fronts.time.has(id)),
  ]);
  return markdownTable(head, body);
}

/** Mean of the scores of the tasks that all arms completed; null where there is none. */
function meanScore({ commonTasks, results }, variant) {
  const scores = commonTasks.map(
    (task) => results.find((result) => result.variant === variant && result.task === task)?.score?.mean ?? null,
  );
  return scores.length === 0 || scores.includes(null)
    ? null
    : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function taskScore({ results }, variant, task) {
  const score = results.find((result) => result.variant === variant && result.task === task)?.score;
  return score == null ? "n/a" : scoreText(score);
}

/** A cost and its share of the reference's; in bold on the front. */
export function cost({ value, relative }, format, isOnFront = false) {
  if (value === null) return "n/a";
  const text = `${format(value)}${relative === null ? "" : ` (${formatPercent(relative)})`}`;
  return isOnFront ? `**${text}**` : text;
}

/** Ids of the rows that no other beats in both score and cost, in the order of the rows. */
export function frontOf(rows, costOf) {
  const points = rows.map((row) => ({ id: row.id, x: costOf(row), y: row.score }));
  const known = points.filter(({ x, y }) => x !== null && y !== null);
  const front = paretoFront(known, { better: "less" }, { better: "more" });
  return new Set(known.filter((point) => front.includes(point)).map(({ id }) => id));
}
