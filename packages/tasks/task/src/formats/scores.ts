import type { Target } from "../task.js";

/** The target texts of a score, from `minimum` to `maximum`: 26 from 0 to 5 in steps of 0.2, with one decimal. */
export function scoreTexts({ minimum, maximum, step }: Extract<Target, { kind: "score" }>): string[] {
  const first = roundHalfEven(minimum * (1 / step));
  const count = roundHalfEven(maximum * (1 / step)) - first + 1;
  return Array.from({ length: count }, (_, index) => textOf(first + index, step));
}

/**
 * A score rounded to the nearest multiple of `step`, ties to even: for 0.2 `round(score * 5) / 5`, as NumPy and TensorFlow round.
 *
 * Like theirs it is of single precision, so that 3.7 is a tie whether it comes as text or from a column of float32.
 *
 * 2.5 becomes "2.4" and 0.5 becomes "0.4". `Math.round` rounds ties up, which is wrong on 91 of STS-B's 5,749 training rows.
 */
export function roundedScore(score: number, step: number): string {
  return textOf(roundHalfEven(Math.fround(Math.fround(score) * (1 / step))), step);
}

/** The number a text writes in plain decimal notation, else undefined. Like Google's, the range is not checked. */
export function parseScore(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}

/** So many steps, with the decimals of one. */
function textOf(steps: number, step: number): string {
  const [, decimals = ""] = String(step).split(".");
  return (steps * step).toFixed(decimals.length);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const above = value - floor;
  if (above !== 0.5) return above < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
