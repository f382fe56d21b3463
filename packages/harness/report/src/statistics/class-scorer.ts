import type { MetricName } from "@petl/task";
import { mean } from "simple-statistics";
import { type Confusion, confusionMetrics } from "./confusion.js";
import type { Scorer } from "./scorer.js";

type Answer = number | null;

/**
 * Scores classes: metrics depend on counts only, so all examples with one reference and one answer in each run are one unit.
 * `predictions` are by run.
 */
export function classScorer(
  metrics: readonly MetricName[],
  references: readonly number[],
  predictions: readonly (readonly Answer[])[],
): Scorer {
  const labels = [...new Set([...references, ...predictions.flat()])];
  const size = labels.length ** 2;
  const { unitOf, cells, units } = unitsOf(labels, references, predictions);
  const tables = new Int32Array(predictions.length * size);
  const confusions = predictions.map(
    (_, run): Confusion => ({ labels, counts: tables.subarray(run * size, (run + 1) * size) }),
  );
  const metricsOf = metrics.map((name) => confusionMetrics[name]!);
  return {
    unitOf,
    units,
    score(counts, scores) {
      countPairs(counts, cells, tables);
      for (const [run, confusion] of confusions.entries())
        scores[run] = 100 * mean(metricsOf.map((metric) => metric(confusion)));
    },
  };
}

/** `cells`: (unit, run), where in all runs' tables an example of the unit counts. */
function unitsOf(
  labels: readonly Answer[],
  references: readonly number[],
  predictions: readonly (readonly Answer[])[],
): { readonly unitOf: Int32Array; readonly cells: Int32Array; readonly units: number } {
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const unitByCells = new Map<string, number>();
  const cells: number[] = [];
  const unitOf = Int32Array.from(references, (reference, row) => {
    const row0 = indexOf.get(reference)! * labels.length;
    const own = predictions.map((run, index) => index * labels.length ** 2 + row0 + indexOf.get(run[row]!)!);
    const key = own.join(" ");
    const known = unitByCells.get(key);
    if (known !== undefined) return known;
    cells.push(...own);
    unitByCells.set(key, unitByCells.size);
    return unitByCells.size - 1;
  });
  return { unitOf, cells: Int32Array.from(cells), units: unitByCells.size };
}

function countPairs(counts: Int32Array, cells: Int32Array, tables: Int32Array): void {
  const runs = cells.length / counts.length;
  tables.fill(0);
  for (let unit = 0; unit < counts.length; unit++) {
    const count = counts[unit]!;
    if (count === 0) continue;
    for (let cell = unit * runs; cell < (unit + 1) * runs; cell++) tables[cells[cell]!]! += count;
  }
}
