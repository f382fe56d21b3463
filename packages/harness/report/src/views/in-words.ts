import type { NamedMean, ReportGroup, SummaryRow } from "../model/model.js";
import { meanOf, present } from "../statistics/statistics.js";
import { formatBytes, formatSeconds } from "../text/format.js";
import { scoreText } from "./figures.js";
import { variantLabel } from "./summary-table.js";

interface Range {
  readonly low: number;
  readonly high: number;
}

interface Scored {
  readonly label: string;
  readonly row: SummaryRow;
  readonly mean: NamedMean;
  /** Mean over the tasks of both ends of their bootstrap intervals; null where a task has none. */
  readonly interval: Range | null;
  /** Lowest and highest seed; null for one seed. */
  readonly seeds: Range | null;
}

/**
 * What the summary says, in a few sentences: the best mean score, what cannot be told from it, and the cheapest of those. Two
 * scores are told apart only where neither their intervals nor their ranges over seeds overlap. Null where there is nothing to compare.
 */
export function inWords(group: ReportGroup): string | null {
  const rows = scoredRows(group);
  if (rows.length < 2) return null;
  if (group.commonTasks.length === 0)
    return "No task was completed by every method, so their scores cannot be compared.";
  const best = rows.reduce((a, b) => (b.mean.mean > a.mean.mean ? b : a));
  const others = rows.filter((row) => row !== best);
  const close = others.filter((row) => !isToldApart(row, best));
  return [
    `${best.label} has the best mean score: ${scoreText(best.mean)}, ${best.mean.name}.`,
    separation(rows, others, close),
    ...seedWarning(rows),
    ...cheapest([best, ...close], close.length === others.length ? "Of all methods" : "Of these"),
  ].join(" ");
}

function scoredRows(group: ReportGroup): Scored[] {
  return group.summary.flatMap((row) => {
    const mean = row.means[0];
    if (mean === undefined) return [];
    const intervals = group.results
      .filter(({ variant, task }) => variant === row.variant && mean.tasks.includes(task))
      .map(({ interval }) => interval);
    const isWhole = intervals.length > 0 && !intervals.includes(null);
    const end = (side: keyof Range) => meanOf(present(intervals).map((interval) => interval[side]))!;
    return [
      {
        ...{ label: variantLabel(group, row.variant), row, mean },
        interval: isWhole ? { low: end("low"), high: end("high") } : null,
        seeds: mean.count > 1 ? { low: mean.lowest, high: mean.highest } : null,
      },
    ];
  });
}

function isToldApart(one: Scored, other: Scored): boolean {
  const pairs = [
    [one.interval, other.interval],
    [one.seeds, other.seeds],
  ].flatMap(([a, b]) => (a && b ? [[a, b] as const] : []));
  return pairs.length > 0 && pairs.every(([a, b]) => a.low > b.high || b.low > a.high);
}

function separation(rows: readonly Scored[], others: readonly Scored[], close: readonly Scored[]): string {
  const kinds = [
    ...(rows.some(({ interval }) => interval) ? ["95 % bootstrap intervals"] : []),
    ...(rows.some(({ seeds }) => seeds) ? ["ranges over seeds"] : []),
  ];
  if (kinds.length === 0)
    return "With one seed and no interval, it cannot be told whether the others really differ from it.";
  const evidence = kinds.join(" or ");
  if (close.length === 0) return `It can be told from every other: their ${evidence} do not overlap with its own.`;
  const who = close.length === others.length && others.length > 1 ? "None of the others" : named(close);
  const can = who === "None of the others" ? "can" : "cannot";
  return `${who} ${can} be told from it: their ${evidence} overlap with its own.`;
}

/** At most six names. */
function named(rows: readonly Scored[]): string {
  const labels = rows.map(({ label }) => label);
  const shown = labels.length > 6 ? [...labels.slice(0, 5), `${labels.length - 5} more`] : labels;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function seedWarning(rows: readonly Scored[]): string[] {
  const least = Math.min(...rows.map(({ mean }) => mean.count));
  if (least > 3 || rows.every(({ interval, seeds }) => !interval && !seeds)) return [];
  if (least > 1) return [`A range over ${least} seeds is rough.`];
  return ["With one seed, it cannot be told how much another seed would change these scores."];
}

function cheapest(rows: readonly Scored[], of: string): string[] {
  if (rows.length < 2) return [];
  const memory = least(rows, ({ row }) => row.costs.peakTensorBytes.value);
  const time = least(rows, ({ row }) => row.costs.trainTimeS.value);
  const parts = [
    ...(memory ? [`${memory.label} needs the least tensor memory to train (${memoryText(memory.row)})`] : []),
    ...(time ? [`${time.label} the least training time (${formatSeconds(time.row.costs.trainTimeS.value!)})`] : []),
  ];
  if (memory && memory === time)
    parts[1] = `the least training time (${formatSeconds(time.row.costs.trainTimeS.value!)})`;
  else if (!memory && time) parts[0] = parts[0]!.replace(`${time.label} the`, `${time.label} needs the`);
  return parts.length === 0 ? [] : [`${of}, ${parts.join(" and ")}.`];
}

/** Null where one has no figure: it might be the cheapest. */
function least(rows: readonly Scored[], cost: (row: Scored) => number | null): Scored | null {
  if (rows.some((row) => cost(row) === null)) return null;
  return rows.reduce((a, b) => (cost(b)! < cost(a)! ? b : a));
}

/** The training peak, and the peak of evaluation where that is higher. */
function memoryText({ costs }: SummaryRow): string {
  const [training, evaluation] = [costs.peakTensorBytes.value!, costs.peakEvalTensorBytes.value ?? 0];
  const further = evaluation > training ? `, evaluation ${formatBytes(evaluation)}` : "";
  return `${formatBytes(training)}${further}`;
}
