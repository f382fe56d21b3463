export const metricNames = ["accuracy", "f1", "matthews", "pearson", "spearman"] as const;
export type MetricName = (typeof metricNames)[number];
