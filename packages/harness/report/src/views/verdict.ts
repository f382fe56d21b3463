import type { NamedMean, ReportGroup, SummaryRow } from "../model/model.js";
import type { Standing } from "../model/standing.js";
import { formatScore } from "../text/format.js";
import { named } from "../text/named.js";
import { upperFirst } from "../text/text.js";
import { bestForLess, cheapest } from "./cheapest.js";
import { scoreText } from "./figures.js";
import { variantLabel } from "./variant-label.js";

/** One method of the summary and its mean score. */
interface Scored {
  readonly label: string;
  readonly row: SummaryRow;
  readonly mean: NamedMean;
}

/**
 * What the figures say, in a few sentences: the best, what cannot be told from it, the cheapest of those, what a smaller budget gives, what
 * is no better than a baseline, and what weakens all of it. Null where there is nothing to say.
 */
export function verdict(group: ReportGroup): string | null {
  const rows = group.summary.flatMap((row): Scored[] => {
    const [mean] = row.means;
    return mean === undefined ? [] : [{ label: variantLabel(group, row.variant), row, mean }];
  });
  const [standing] = group.standings.means;
  if (rows.length === 0) return null;
  if (standing === undefined) return "No task was completed by every method, so their scores cannot be compared.";
  const best = rows.find(({ row }) => row.variant === standing.best)!;
  const sentences = [
    ...(rows.length > 1 ? comparison(best, rows, standing, where(group, best.mean)) : []),
    ...nearBaseline(rows, standing),
    ...(rows.length > 1 ? [...fewSeeds(rows), ...givenRates(group)] : []),
  ];
  return sentences.length === 0 ? null : sentences.join(" ");
}

function where({ tasks }: ReportGroup, mean: NamedMean): string {
  const [only, ...others] = mean.tasks;
  return others.length > 0 ? `, ${mean.name}` : ` on ${tasks.find(({ name }) => name === only)!.label}`;
}

function comparison(best: Scored, rows: readonly Scored[], standing: Standing, over: string): string[] {
  const others = rows.filter((row) => row !== best);
  const close = others.filter(({ row }) => standing.amongBest.includes(row.variant));
  const first = `${best.label} has the best score: ${scoreText(best.mean)}${over}.`;
  if (standing.untested !== null) {
    const why = `Whether the others really differ from it could not be tested: ${standing.untested}.`;
    return [first, why, ...cheapestOf(rows, "Of all methods")];
  }
  const learned = ({ row }: Scored) => !standing.nearBaseline.includes(row.variant);
  const worse = others.filter((row) => !close.includes(row) && learned(row));
  const forLess = learned(best) ? smallerBudget([best, ...close], worse) : [];
  if (close.length === 0) return [first, "Every other can be told from it (Holm-adjusted p < 0.05).", ...forLess];
  const who = close.length === others.length && others.length > 1 ? "None of the others can" : `${names(close)} cannot`;
  const of = close.length === others.length ? "Of all methods" : "Of these";
  return [
    first,
    `${who} be told from it (Holm-adjusted p ≥ 0.05).`,
    ...(learned(best) ? cheapestOf([best, ...close], of) : []),
    ...forLess,
  ];
}

function cheapestOf(rows: readonly Scored[], of: string): string[] {
  const clause = cheapest(rows);
  return clause === null ? [] : [`${of}, ${clause}.`];
}

function smallerBudget(best: readonly Scored[], worse: readonly Scored[]): string[] {
  const clause = bestForLess(best, worse);
  return clause === null ? [] : [`${upperFirst(clause)}.`];
}

function nearBaseline(rows: readonly Scored[], { baseline, nearBaseline: near }: Standing): string[] {
  const weak = rows.filter(({ row }) => near.includes(row.variant));
  if (baseline === null || weak.length === 0) return [];
  const what = `the ${baseline.label.toLowerCase()} (${formatScore(baseline.score)})`;
  if (weak.length === rows.length)
    return [
      `${rows.length === 1 ? rows[0]!.label : "No method"} ${rows.length === 1 ? "is not" : "is"} above ${what} by more than noise: these scores do not show that anything was learned.`,
    ];
  return [`${names(weak)} ${weak.length === 1 ? "is" : "are"} not above ${what} by more than noise.`];
}

function fewSeeds(rows: readonly Scored[]): string[] {
  const least = Math.min(...rows.map(({ mean }) => mean.count));
  if (least > 2) return [];
  if (least === 2) return ["Two seeds say little of what another would change."];
  return ["With one seed, it is not known how much another would change these scores."];
}

function givenRates({ unsearched, variants }: ReportGroup): string[] {
  if (unsearched.length === 0) return [];
  const whose =
    unsearched.length === variants.length ? "Learning rates were" : `The learning rates of ${named(unsearched)} were`;
  return [`${whose} given, not searched here: a method may rank low for its rate alone.`];
}

const names = (rows: readonly Scored[]): string => named(rows.map(({ label }) => label));
