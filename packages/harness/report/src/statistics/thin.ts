/** Of a line: a step or a time, and what is drawn over it. */
export type Point = readonly [at: number, value: number];

const maxPoints = 160;

/** At most `maxPoints` points: the lowest and the highest of each stretch, and both ends. */
export function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= maxPoints) return points;
  const stretch = Math.ceil(points.length / ((maxPoints - 2) / 2));
  const kept = new Set([0, points.length - 1]);
  for (let from = 0; from < points.length; from += stretch) {
    let low = from;
    let high = from;
    for (let index = from; index < Math.min(from + stretch, points.length); index++) {
      if (points[index]![1] < points[low]![1]) low = index;
      if (points[index]![1] > points[high]![1]) high = index;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b).map((index) => points[index]!);
}
