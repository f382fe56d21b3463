import { checkReferences } from "../errors.js";
import { countItems, ngrams, overlap } from "../words.js";
import { tokenize13a } from "./tokenize.js";

/** The longest run of words that counts. */
export const longest = 4;

/** What BLEU needs to know of one example; the counts of several examples add up. */
export interface BleuCounts {
  /** By length of the run, 1 to 4: runs of the prediction that a reference has, each as often as the reference that has it most. */
  readonly matches: readonly number[];
  /** By length of the run, 1 to 4: runs of the prediction. */
  readonly totals: readonly number[];
  /** Words of the prediction. */
  readonly predictionLength: number;
  /** Words of the reference whose length is nearest, of two the shorter. */
  readonly referenceLength: number;
}

/** Counts of one example. @throws {MetricError} `E_METRIC_REFERENCES` where it has no reference. */
export function bleuCounts(prediction: string, references: readonly string[]): BleuCounts {
  checkReferences("BLEU", references);
  const predicted = tokenize13a(prediction);
  const expected = references.map(tokenize13a);
  const runs = Array.from({ length: longest }, (_, at) => ngrams(predicted, at + 1));
  return {
    matches: runs.map((found, at) => overlap(countItems(found), mostOf(expected.map((each) => ngrams(each, at + 1))))),
    totals: runs.map((found) => found.length),
    predictionLength: predicted.length,
    referenceLength: nearest(
      predicted.length,
      expected.map((each) => each.length),
    ),
  };
}

/** How often each item occurs in the list that has it most. */
function mostOf(lists: readonly (readonly string[])[]): Map<string, number> {
  const most = new Map<string, number>();
  for (const list of lists) {
    for (const [item, count] of countItems(list)) most.set(item, Math.max(count, most.get(item) ?? 0));
  }
  return most;
}

function nearest(length: number, others: readonly number[]): number {
  const distance = (other: number): number => Math.abs(other - length);
  return others.reduce((best, other) => {
    const closer = distance(other) - distance(best);
    return closer < 0 || (closer === 0 && other < best) ? other : best;
  });
}
