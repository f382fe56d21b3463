import type { NamedMean, SummaryRow } from "../model/model.js";
import { groupBy } from "../statistics/statistics.js";
import { formatBytes, formatEnergy, formatSeconds } from "../text/format.js";
import { named } from "../text/named.js";
import { scoreText } from "./figures.js";

interface Priced {
  readonly label: string;
  readonly row: SummaryRow;
  readonly mean: NamedMean;
}

/** A cost by which methods are told cheap. */
interface Price {
  readonly key: "peakTensorBytes" | "trainTimeS" | "energyJ";
  readonly name: string;
  readonly least: string;
  readonly text: (costs: SummaryRow["costs"]) => string;
}

const prices: readonly Price[] = [
  { key: "peakTensorBytes", name: "memory", least: "the least tensor memory to train", text: memoryText },
  {
    ...{ key: "trainTimeS", name: "training time", least: "the least training time" },
    text: ({ trainTimeS }) => formatSeconds(trainTimeS.value!),
  },
  {
    ...{ key: "energyJ", name: "energy", least: "the least energy" },
    text: ({ energyJ }) => formatEnergy(energyJ.value!),
  },
];

/**
 * Which of some methods needs the least memory, time and energy: "a needs the least tensor memory to train (1 MB); b needs ...". A cost
 * that one of them lacks is left out, as that one might be the cheapest. Null for fewer than two methods and where no cost is left.
 */
export function cheapest(methods: readonly Priced[]): string | null {
  if (methods.length < 2) return null;
  const found = prices.flatMap((price) => {
    const method = cheapestBy(price, methods);
    return method === null ? [] : [{ method, price }];
  });
  const clauses = [...groupBy(found, ({ method }) => method.label)].map(([label, own]) => {
    const { row } = own[0]!.method;
    const needs = own.map(({ price: { least, text } }) => `${least} (${text(row.costs)})`);
    return `${label} needs ${named(needs)}`;
  });
  return clauses.length === 0 ? null : clauses.join("; ");
}

/**
 * What a smaller budget gives: of the methods that need less memory, time or energy than every one of `best`, which scores best:
 * "with less memory or training time than any of these, a scores best (70.0; 1 MB, 5 s)". Null where none needs less.
 */
export function bestForLess(best: readonly Priced[], others: readonly Priced[]): string | null {
  const found = prices.flatMap((price) => {
    const bound = cheapestBy(price, best);
    if (bound === null) return [];
    const cheaper = others.filter(
      (method) => (costOf(method, price) ?? Number.POSITIVE_INFINITY) < costOf(bound, price)!,
    );
    if (cheaper.length === 0) return [];
    return [{ method: cheaper.reduce((a, b) => (b.mean.mean > a.mean.mean ? b : a)), price }];
  });
  const than = best.length === 1 ? "than it" : "than any of these";
  const clauses = [...groupBy(found, ({ method }) => method.label)].map(([label, own], index) => {
    const { row, mean } = own[0]!.method;
    const figures = own.map(({ price }) => price.text(row.costs)).join(", ");
    const names = own.map(({ price }) => price.name);
    return `with less ${named(names, "or")}${index === 0 ? ` ${than}` : ""}, ${label} scores best (${scoreText(mean)}; ${figures})`;
  });
  return clauses.length === 0 ? null : clauses.join("; ");
}

const costOf = ({ row }: Priced, { key }: Price): number | null => row.costs[key].value;

/** The method of the least cost; null where one lacks it, as that one might be the cheapest. */
function cheapestBy(price: Price, methods: readonly Priced[]): Priced | null {
  if (methods.some((method) => costOf(method, price) === null)) return null;
  return methods.reduce((a, b) => (costOf(b, price)! < costOf(a, price)! ? b : a));
}

/** The training peak, and the peak of evaluation where that is higher. */
function memoryText({ peakTensorBytes, peakEvalTensorBytes }: SummaryRow["costs"]): string {
  const [training, evaluation] = [peakTensorBytes.value!, peakEvalTensorBytes.value ?? 0];
  const further = evaluation > training ? `, evaluation ${formatBytes(evaluation)}` : "";
  return `${formatBytes(training)}${further}`;
}
