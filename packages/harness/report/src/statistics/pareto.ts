/** A quantity a method can be placed by; `better` says which end a reader wants. */
export interface ParetoAxis {
  readonly key: string;
  readonly label: string;
  /** What one unit of the plotted value is, such as "MB"; empty for a score or a count. */
  readonly unit: string;
  readonly better: "less" | "more";
}

/** One method: `values` and their printed form by axis key; null where it was not measured. */
export interface ParetoPoint {
  readonly label: string;
  /** CSS variable of its colour. */
  readonly colour: string;
  readonly values: Readonly<Record<string, number | null>>;
  readonly texts: Readonly<Record<string, string>>;
}

/** What the scatter is drawn from, on the server and in the page alike. */
export interface ParetoData {
  readonly axes: readonly ParetoAxis[];
  readonly points: readonly ParetoPoint[];
  readonly x: string;
  readonly y: string;
}

export interface PlacedPoint {
  readonly point: ParetoPoint;
  readonly x: number;
  readonly y: number;
}

/** The points that have both values. */
export function placed(points: readonly ParetoPoint[], x: string, y: string): PlacedPoint[] {
  return points.flatMap((point) => {
    const [atX, atY] = [point.values[x], point.values[y]];
    return atX == null || atY == null ? [] : [{ point, x: atX, y: atY }];
  });
}

/** Which end of an axis a reader wants. */
export type Better = Pick<ParetoAxis, "better">;

/**
 * The points that no other beats by being at least as good on both axes and better on one, sorted along x. Points that tie on
 * both axes all stay.
 */
export function paretoFront<Point extends { readonly x: number; readonly y: number }>(
  points: readonly Point[],
  x: Better,
  y: Better,
): Point[] {
  const gain = (value: number, axis: Better) => (axis.better === "more" ? value : -value);
  const beats = (a: Point, b: Point) => {
    const onX = gain(a.x, x) - gain(b.x, x);
    const onY = gain(a.y, y) - gain(b.y, y);
    return onX >= 0 && onY >= 0 && onX + onY > 0;
  };
  return points.filter((point) => !points.some((other) => beats(other, point))).sort((a, b) => a.x - b.x || a.y - b.y);
}

/** The front on two axes in words, with both figures of each point. */
export function paretoDescription({ axes, points }: ParetoData, xKey: string, yKey: string): string {
  const axis = (key: string) => axes.find((each) => each.key === key)!;
  const [x, y] = [axis(xKey), axis(yKey)];
  const names = paretoFront(placed(points, xKey, yKey), x, y).map(
    ({ point }) => `${point.label} (${point.texts[yKey]}, ${point.texts[xKey]})`,
  );
  return `${y.label} against ${x.label}. On the Pareto front: ${names.join(", ")}`;
}
