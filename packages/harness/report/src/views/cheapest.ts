import type { SummaryRow } from "../model/model.js";
import { groupBy } from "../statistics/statistics.js";
import { formatBytes, formatEnergy, formatSeconds } from "../text/format.js";

interface Priced {
  readonly label: string;
  readonly row: SummaryRow;
}

/**
 * Which of some methods needs the least memory, time and energy: "a needs the least tensor memory to train (1 MB); b needs ...". A cost
 * that one of them lacks is left out, as that one might be the cheapest. Null for fewer than two methods and where no cost is left.
 */
export function cheapest(methods: readonly Priced[]): string | null {
  if (methods.length < 2) return null;
  const found = [
    least(methods, "peakTensorBytes", (row) => `the least tensor memory to train (${memoryText(row)})`),
    least(methods, "trainTimeS", ({ costs }) => `the least training time (${formatSeconds(costs.trainTimeS.value!)})`),
    least(methods, "energyJ", ({ costs }) => `the least energy (${formatEnergy(costs.energyJ.value!)})`),
  ].filter((each) => each !== null);
  const clauses = [...groupBy(found, ({ label }) => label)].map(([label, own]) => {
    const needs = own.map(({ need }) => need);
    return `${label} needs ${needs.length === 1 ? needs[0] : `${needs.slice(0, -1).join(", ")} and ${needs.at(-1)}`}`;
  });
  return clauses.length === 0 ? null : clauses.join("; ");
}

function least(
  methods: readonly Priced[],
  key: "peakTensorBytes" | "trainTimeS" | "energyJ",
  need: (row: SummaryRow) => string,
): { label: string; need: string } | null {
  const cost = ({ row }: Priced) => row.costs[key].value;
  if (methods.some((method) => cost(method) === null)) return null;
  const { label, row } = methods.reduce((a, b) => (cost(b)! < cost(a)! ? b : a));
  return { label, need: need(row) };
}

/** The training peak, and the peak of evaluation where that is higher. */
function memoryText({ costs }: SummaryRow): string {
  const [training, evaluation] = [costs.peakTensorBytes.value!, costs.peakEvalTensorBytes.value ?? 0];
  const further = evaluation > training ? `, evaluation ${formatBytes(evaluation)}` : "";
  return `${formatBytes(training)}${further}`;
}
