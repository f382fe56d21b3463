import { checkPairs } from "../errors.js";
import type { TextMetric } from "../text-metric.js";
import { type BleuCounts, bleuCounts, longest } from "./counts.js";

const name = "BLEU";

/**
 * BLEU of a whole split, 0..1: a hundredth of sacrebleu's default (runs of up to four words, tokenizer 13a, case counts, smoothing
 * `exp`). It is 0 where no word is right, or every prediction has fewer than four words.
 *
 * It is no mean over examples: to resample, keep {@link bleuCounts} of each and call {@link bleuOfCounts}.
 *
 * Papineni et al. 2002; Post 2018, A call for clarity in reporting BLEU scores.
 */
export const bleu: TextMetric = {
  name,
  corpus(predictions, references) {
    checkPairs(name, predictions, references);
    return bleuOfCounts(predictions.map((prediction, row) => bleuCounts(prediction, references[row]!)));
  },
};

/**
 * BLEU, 0..1, of examples given by their counts.
 * @throws {MetricError} `E_METRIC_PAIRS` without examples.
 */
export function bleuOfCounts(examples: readonly BleuCounts[]): number {
  checkPairs(name, examples, examples);
  const predicted = sumOf(examples, (each) => each.predictionLength);
  const expected = sumOf(examples, (each) => each.referenceLength);
  const matches = Array.from({ length: longest }, (_, at) => sumOf(examples, (each) => each.matches[at]!));
  const totals = Array.from({ length: longest }, (_, at) => sumOf(examples, (each) => each.totals[at]!));
  if (matches[0] === 0 || totals[longest - 1] === 0) return 0;

  let halvings = 0; // the k-th length without a match counts as 2^-k of one
  const logs = matches.map((count, at) => Math.log((count === 0 ? 0.5 ** ++halvings : count) / totals[at]!));
  const brevity = Math.min(0, 1 - expected / predicted);
  return Math.exp(brevity + logs.reduce((sum, log) => sum + log, 0) / longest);
}

function sumOf(examples: readonly BleuCounts[], countOf: (each: BleuCounts) => number): number {
  return examples.reduce((sum, each) => sum + countOf(each), 0);
}
