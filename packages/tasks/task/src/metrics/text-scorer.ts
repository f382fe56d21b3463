import { bleuCounts, bleuOfCounts, type ExampleMetric, exactMatch, rouge, tokenF1 } from "@petl/metrics";
import type { MetricName } from "../metric-names.js";

/** What is worked out of one example's answer, once. */
export interface ScoredText {
  /** Of each metric: its value, or what adds up to it. */
  readonly parts: readonly unknown[];
}

/** Scores texts by metrics of which each adds up over examples, so that a sample of them need not be read again. */
export interface TextScorer {
  example(prediction: string, references: readonly string[]): ScoredText;
  /** Each metric, 0..1, of some examples, which may be there more than once. */
  metrics(examples: readonly ScoredText[]): readonly number[];
}

interface Part {
  readonly of: (prediction: string, references: readonly string[]) => unknown;
  readonly total: (parts: readonly unknown[]) => number;
}

const meanOf = ({ each }: ExampleMetric): Part => ({
  of: each,
  total: (values) => (values as readonly number[]).reduce((sum, value) => sum + value, 0) / values.length,
});

const parts: Partial<Record<MetricName, Part>> = {
  exact_match: meanOf(exactMatch),
  token_f1: meanOf(tokenF1),
  rouge1: meanOf(rouge("rouge1", { stemmed: true })),
  rouge2: meanOf(rouge("rouge2", { stemmed: true })),
  rougeL: meanOf(rouge("rougeL", { stemmed: true })),
  bleu: { of: bleuCounts, total: (counts) => bleuOfCounts(counts as Parameters<typeof bleuOfCounts>[0]) },
};

/** A scorer by metrics of texts. */
export function textScorer(names: readonly MetricName[]): TextScorer {
  const all = names.map((name) => parts[name]!);
  return {
    example: (prediction, references) => ({ parts: all.map(({ of }) => of(prediction, references)) }),
    metrics: (examples) => all.map(({ total }, metric) => total(examples.map((example) => example.parts[metric]))),
  };
}
