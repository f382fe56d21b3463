import { bestOfReferences, type ExampleMetric } from "./text-metric.js";
import { countItems, overlap, words } from "./words.js";

const punctuation = /[!-/:-@[-`{-~]/g;
// \b of Python sees letters and numbers of every script, but no combining marks
const articles = /(?<![\p{L}\p{N}_])(?:an?|the)(?![\p{L}\p{N}_])/gu;

/**
 * Whether prediction and reference are equal after SQuAD's normalization: lower case, without ASCII punctuation, without the words
 * a, an and the, single spaces. Two texts of which nothing is left are equal.
 *
 * Rajpurkar et al. 2016, evaluation script of SQuAD v1.1.
 */
export const exactMatch: ExampleMetric = bestOfReferences("exact match", normalize, (prediction, reference) =>
  prediction.join(" ") === reference.join(" ") ? 1 : 0,
);

/**
 * F1 of the words that prediction and reference share, counted with repetition, after the normalization of {@link exactMatch}.
 * It is 0 where nothing is left of either text, also of both, as in SQuAD v1.1; in v2.0 it would be 1 for both.
 */
export const tokenF1: ExampleMetric = bestOfReferences("token F1", normalize, (prediction, reference) => {
  const shared = overlap(countItems(prediction), countItems(reference));
  return shared === 0 ? 0 : (2 * shared) / (prediction.length + reference.length);
});

function normalize(text: string): string[] {
  return words(text.toLowerCase().replace(punctuation, "").replace(articles, " "));
}
