/** What answers a metric is of. */
export type MetricKind = "class" | "score" | "text";

/** Every metric of a task: what it is of, and its range, which reaches up to 1. */
export const metricTable = {
  accuracy: { kind: "class", lowest: 0 },
  f1: { kind: "class", lowest: 0 },
  macro_f1: { kind: "class", lowest: 0 },
  group_exact_match: { kind: "class", lowest: 0 },
  matthews: { kind: "class", lowest: -1 },
  pearson: { kind: "score", lowest: -1 },
  spearman: { kind: "score", lowest: -1 },
  exact_match: { kind: "text", lowest: 0 },
  token_f1: { kind: "text", lowest: 0 },
  rouge1: { kind: "text", lowest: 0 },
  rouge2: { kind: "text", lowest: 0 },
  rougeL: { kind: "text", lowest: 0 },
  bleu: { kind: "text", lowest: 0 },
} as const satisfies Record<string, { readonly kind: MetricKind; readonly lowest: number }>;

export type MetricName = keyof typeof metricTable;

export const metricNames = Object.keys(metricTable) as [MetricName, ...MetricName[]];
