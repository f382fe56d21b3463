import { bestOfReferences, type ExampleMetric } from "../text-metric.js";
import { countItems, ngrams, overlap } from "../words.js";
import { commonIndexes, commonLength } from "./common-subsequence.js";
import { stem } from "./stemmer.js";

/** Runs of one or two words, the longest common subsequence, or that of each line of a summary. */
export type RougeKind = "rouge1" | "rouge2" | "rougeL" | "rougeLsum";

/** What the prediction shares with the reference, of how much in each. */
interface Shared {
  readonly shared: number;
  readonly predicted: number;
  readonly expected: number;
}

type Lines = readonly (readonly string[])[];

const sharedOf: Record<RougeKind, (prediction: Lines, reference: Lines) => Shared> = {
  rouge1: (prediction, reference) => sharedRuns(prediction.flat(), reference.flat(), 1),
  rouge2: (prediction, reference) => sharedRuns(prediction.flat(), reference.flat(), 2),
  rougeL: (prediction, reference) => ({
    shared: commonLength(reference.flat(), prediction.flat()),
    predicted: prediction.flat().length,
    expected: reference.flat().length,
  }),
  rougeLsum: sharedSummary,
};

/**
 * F-measure of ROUGE, 0..1, as the Python package rouge_score computes it: words are runs of a-z and 0-9 in lower case, so a text in
 * another script has none. It is 0 where either text has no words (or, for rouge2, only one). For several references the best counts.
 *
 * @param stemmed whether words of more than three letters are stemmed first (`use_stemmer`).
 *
 * Lin 2004, ROUGE: A package for automatic evaluation of summaries.
 */
export function rouge(kind: RougeKind, { stemmed = false } = {}): ExampleMetric {
  return bestOfReferences(
    stemmed ? `${kind}, stemmed` : kind,
    (text) => text.split("\n").map((line) => tokens(line, stemmed)),
    (prediction, reference) => {
      const { shared, predicted, expected } = sharedOf[kind](prediction, reference);
      return shared === 0 ? 0 : (2 * shared) / (predicted + expected);
    },
  );
}

function tokens(text: string, stemmed: boolean): string[] {
  const found = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return stemmed ? found.map((word) => (word.length > 3 ? stem(word) : word)) : found;
}

function sharedRuns(prediction: readonly string[], reference: readonly string[], n: number): Shared {
  const predicted = ngrams(prediction, n);
  const expected = ngrams(reference, n);
  const shared = overlap(countItems(predicted), countItems(expected));
  return { shared, predicted: predicted.length, expected: expected.length };
}

/**
 * For each line of the reference the words that any line of the prediction shares in order. A word counts at most as often as either
 * text has it, as in version 1.5.5 of ROUGE's script.
 */
function sharedSummary(prediction: Lines, reference: Lines): Shared {
  const united = reference.flatMap((line) => {
    const indexes = new Set(prediction.flatMap((other) => commonIndexes(line, other)));
    return [...indexes].map((index) => line[index]!);
  });
  return {
    shared: overlap(countItems(united), countItems(prediction.flat())),
    predicted: prediction.flat().length,
    expected: reference.flat().length,
  };
}
