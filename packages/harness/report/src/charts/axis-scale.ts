/** Ends of an axis, and how far apart its marks are; a logarithmic one has its marks at powers of ten. */
export interface AxisScale {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
  readonly logarithmic: boolean;
}

const logarithmicFrom = 30;

/** A scale with round ends and some air around `values`; logarithmic where they are positive and span a factor of 30. */
export function axisScale(values: readonly number[]): AxisScale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low > 0 && high / low >= logarithmicFrom) {
    const power = (value: number, round: (value: number) => number) => 10 ** round(Math.log10(value));
    return { min: power(low * 0.9, Math.floor), max: power(high * 1.1, Math.ceil), interval: 1, logarithmic: true };
  }
  const span = high - low || Math.abs(high) || 1;
  const bottom = low >= 0 ? Math.max(0, low - 0.08 * span) : low - 0.08 * span;
  const interval = roundStep((high + 0.12 * span - bottom) / 5);
  const round = (value: number) => Number((value * interval).toPrecision(12));
  return {
    min: round(Math.floor(bottom / interval)),
    max: round(Math.ceil((high + 0.12 * span) / interval)),
    interval,
    logarithmic: false,
  };
}

/** Where a value lies on the axis: 0 at its lower end, 1 at its upper. */
export function shareOf(value: number, { min, max, logarithmic }: AxisScale): number {
  if (logarithmic) return Math.log10(value / min) / Math.log10(max / min);
  return (value - min) / (max - min);
}

/** 1, 2 or 5 times a power of ten, at least `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return Number(((([1, 2, 5] as const).find((times) => times * power >= step) ?? 10) * power).toPrecision(12));
}
