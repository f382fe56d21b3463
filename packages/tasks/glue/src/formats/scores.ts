/** The target texts of a score: `minimum` to `maximum` in steps of 0.2 with one decimal, 26 for STS-B. */
export function scoreTexts(minimum: number, maximum: number): string[] {
  const first = roundHalfEven(minimum * 5);
  return Array.from({ length: roundHalfEven(maximum * 5) - first + 1 }, (_, step) => textOf(first + step));
}

/**
 * A score rounded to the nearest 0.2, ties to even: `round(score * 5) / 5`, as NumPy and TensorFlow round.
 *
 * 2.5 becomes "2.4" and 0.5 becomes "0.4". `Math.round` rounds ties up, which is wrong on 91 of STS-B's 5,749 training rows.
 */
export function roundedScore(score: number): string {
  return textOf(roundHalfEven(score * 5));
}

/** The number a text writes in plain decimal notation, else undefined. Like Google's, the range is not checked. */
export function parseScore(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}

function textOf(fifths: number): string {
  return (fifths / 5).toFixed(1);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const above = value - floor;
  if (above !== 0.5) return above < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
