import {
  formatBytes,
  formatCount,
  formatEnergy,
  formatPercent,
  formatSeconds,
  markdownTable,
  renderLinePanels,
  scoreText,
} from "@petl/report";
import { oneGroup } from "./one-group.mjs";
import { frontOf } from "./suite-table.mjs";

/**
 * A suite with several numbers of training rows: a section for each task, with a picture of its scores over rows and over what training
 * cost, a table of its arms by rows, and how many updates each took to its best score.
 *
 * @param {string} name the suite's
 * @param {readonly import("@petl/results").RunRecord[]} records
 * @returns {{ groups: import("@petl/report").ReportModel["groups"], markdown: string[], pictures: { name: string, content: string }[] }}
 */
export function rowsSections(name, records) {
  const rowsOf = ({ run }) => run.settings.limit ?? Number.POSITIVE_INFINITY;
  const parts = distinct(records.map(rowsOf))
    .sort((one, other) => one - other)
    .map((rows) => ({
      rows,
      group: oneGroup(
        name,
        records.filter((record) => rowsOf(record) === rows),
      ).group,
    }));
  const groups = parts.map(({ group }) => group);
  const tasks = new Map(groups.flatMap((group) => group.tasks.map((task) => [task.name, task])));
  const sections = [...tasks.values()].map((task) => section(name, task, parts));
  return {
    groups,
    markdown: sections.flatMap(({ markdown }) => markdown),
    pictures: sections.map(({ picture }) => picture),
  };
}

function section(name, task, parts) {
  const columns = parts
    .map(({ rows, group }) => ({ rows, byArm: resultsByArm(task.name, group) }))
    .filter(({ byArm }) => byArm.size > 0);
  const arms = distinct(columns.flatMap(({ byArm }) => [...byArm.keys()]));
  const head = ["arm", ...columns.map(({ rows }) => `${rowsText(rows)} rows`)];
  const picture = { name: `${name}-charts/${task.name}.svg`, content: renderLinePanels(panels(columns, arms), 2) };
  const markdown = [
    `## ${task.label}`,
    `![${task.label}: best score over training rows, and over what training cost](${picture.name})`,
    markdownTable([...head, "peak memory"], outcomes(columns, arms)),
    "Updates to the best score:",
    markdownTable(head, updates(columns, arms)),
  ];
  return { picture, markdown };
}

/** What each arm of a task came to with one number of rows, by its label. */
function resultsByArm(task, { variants, results, reference }) {
  const own = results.filter((result) => result.task === task && result.score !== null);
  const referenceTime = own.find(({ variant }) => variant === reference)?.costs.trainTimeS.value ?? null;
  return new Map(
    own.map(({ variant, score: spread, stepsToBest, costs }) => [
      variants.find(({ id }) => id === variant).label,
      {
        ...{ spread, stepsToBest, score: spread.mean, time: costs.trainTimeS.value, energy: costs.trainEnergyJ.value },
        ...{ bytes: costs.peakTensorBytes.value, referenceTime },
      },
    ]),
  );
}

function panels(columns, arms) {
  const over = (xOf) =>
    arms.map((label) => ({
      label,
      points: columns.flatMap(({ rows, byArm }) => {
        const result = byArm.get(label);
        const x = result && xOf(result, rows);
        return x == null ? [] : [[x, result.score]];
      }),
    }));
  const panel = (xName, xOf) => ({ title: `score over ${xName}`, xName, yScale: "linear", lines: over(xOf) });
  const byEnergy = panel("joules of training", ({ energy }) => energy);
  return [
    panel("training rows", (_, rows) => rows),
    panel("seconds of training", ({ time }) => time),
    ...(byEnergy.lines.some(({ points }) => points.length > 0) ? [byEnergy] : []),
  ];
}

/** A row an arm: score, training time, its share of the reference's, energy where measured; in bold what no other arm undercuts. */
function outcomes(columns, arms) {
  const fronts = columns.map(({ byArm }) => {
    const rows = [...byArm].map(([id, { score, time }]) => ({ id, score, time }));
    return frontOf(rows, ({ time }) => time);
  });
  return arms.map((arm) => [
    arm,
    ...columns.map(({ byArm }, index) => outcome(byArm.get(arm), fronts[index].has(arm))),
    highestBytes(columns.map(({ byArm }) => byArm.get(arm)?.bytes ?? null)),
  ]);
}

function outcome(result, isOnFront) {
  if (result === undefined) return "-";
  const { spread, time, energy, referenceTime } = result;
  if (time === null) return scoreText(spread);
  const share = referenceTime === null ? "" : ` (${formatPercent(time / referenceTime)})`;
  const joules = energy === null ? "" : `, ${formatEnergy(energy)}`;
  const text = `${scoreText(spread)} in ${formatSeconds(time)}${share}${joules}`;
  return isOnFront ? `**${text}**` : text;
}

function highestBytes(all) {
  const known = all.filter((bytes) => bytes !== null);
  return known.length === 0 ? "n/a" : formatBytes(Math.max(...known));
}

const updates = (columns, arms) =>
  arms.map((arm) => [
    arm,
    ...columns.map(({ byArm }) => {
      const steps = byArm.get(arm)?.stepsToBest ?? null;
      return steps === null ? "-" : formatCount(Math.round(steps));
    }),
  ]);

const rowsText = (rows) => (Number.isFinite(rows) ? formatCount(rows) : "all");
const distinct = (values) => [...new Set(values)];
