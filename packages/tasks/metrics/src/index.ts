export { bleu, bleuOfCounts } from "./bleu/bleu.js";
export { type BleuCounts, bleuCounts } from "./bleu/counts.js";
export { accuracy, type ClassPrediction, f1, matthews } from "./classification.js";
export { isUndefined, pearson, spearman } from "./correlation.js";
export { MetricError, type MetricErrorCode } from "./errors.js";
export { macroF1 } from "./macro-f1.js";
export { type RougeKind, rouge } from "./rouge/rouge.js";
export { exactMatch, tokenF1 } from "./squad.js";
export type { ExampleMetric, TextMetric } from "./text-metric.js";
