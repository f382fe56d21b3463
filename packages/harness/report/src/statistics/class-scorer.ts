import type { MetricName } from "@petl/task";
import { mean } from "simple-statistics";
import { confusionMetrics } from "./confusion.js";
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
  const { unitOf, units } = unitsOf(labels, references, predictions);
  const wrong = predictions.map((_, run) => wrongAnswers(units, run, labels.length));
  const table = new Int32Array(labels.length ** 2);
  const metricsOf = metrics.map((name) => confusionMetrics[name]!);
  return {
    unitOf,
    units: units.length,
    resample(counts) {
      const asked = new Int32Array(labels.length);
      for (let unit = 0; unit < counts.length; unit++) asked[units[unit]!.right]! += counts[unit]!;
      return (run) => {
        countAnswers(counts, wrong[run]!, asked, table);
        return 100 * mean(metricsOf.map((metric) => metric({ labels, counts: table })));
      };
    },
  };
}

/** Examples with the same answers, by the labels' positions. */
interface Unit {
  readonly right: number;
  /** By run. */
  readonly answers: readonly number[];
}

function unitsOf(
  labels: readonly Answer[],
  references: readonly number[],
  predictions: readonly (readonly Answer[])[],
): { readonly unitOf: Int32Array; readonly units: readonly Unit[] } {
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const unitByAnswers = new Map<string, number>();
  const units: Unit[] = [];
  const unitOf = Int32Array.from(references, (reference, row) => {
    const right = indexOf.get(reference)!;
    const answers = predictions.map((run) => indexOf.get(run[row]!)!);
    const key = [right, ...answers].join(" ");
    const known = unitByAnswers.get(key);
    if (known !== undefined) return known;
    unitByAnswers.set(key, units.length);
    return units.push({ right, answers }) - 1;
  });
  return { unitOf, units };
}

/** The units that a run answered wrong, and where each counts in its table. Most are right, and follow from these. */
interface WrongAnswers {
  readonly units: Int32Array;
  readonly cells: Int32Array;
}

function wrongAnswers(units: readonly Unit[], run: number, labels: number): WrongAnswers {
  const wrong = [...units.keys()].filter((unit) => units[unit]!.answers[run] !== units[unit]!.right);
  const cells = wrong.map((unit) => units[unit]!.right * labels + units[unit]!.answers[run]!);
  return { units: Int32Array.from(wrong), cells: Int32Array.from(cells) };
}

/** Fills a run's table of (reference, answer): wrong answers are counted, right ones are what was `asked` less those. */
function countAnswers(counts: Int32Array, { units, cells }: WrongAnswers, asked: Int32Array, table: Int32Array): void {
  const labels = asked.length;
  table.fill(0);
  for (let index = 0; index < units.length; index++) table[cells[index]!]! += counts[units[index]!]!;
  for (let label = 0; label < labels; label++) {
    let right = asked[label]!;
    for (let answer = 0; answer < labels; answer++) right -= table[label * labels + answer]!;
    table[label * labels + label] = right;
  }
}
