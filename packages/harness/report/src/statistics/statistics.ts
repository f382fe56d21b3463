import { max, mean, min, sampleStandardDeviation } from "simple-statistics";

/** `deviation` is the sample standard deviation over `count` seeds; null for one seed. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number | null;
  readonly count: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Both ends. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Mean, sample standard deviation, extremes and count; null for no values. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const list = [...values];
  return {
    mean: mean(list),
    deviation: list.length > 1 ? sampleStandardDeviation(list) : null,
    count: list.length,
    lowest: min(list),
    highest: max(list),
  };
}

/** The mean; null for no values. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean([...values]);
}

/** The values that are there. */
export function present<T>(values: readonly (T | null | undefined)[]): T[] {
  return values.filter((value) => value !== null && value !== undefined);
}

/** The distinct strings, in order of first appearance. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** `items` by key, in order of first appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
