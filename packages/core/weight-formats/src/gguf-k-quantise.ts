import { setHalf } from "./gguf-scale.js";

/** Ranges of codes, and moves of the minimum in steps, from which the search for a group of `q4_k` sets out. */
const affineRanges = [13.5, 14, 14.5, 15, 15.5, 16, 16.5];
const affineShifts = [-0.25, 0.25];
/** Codes of the value of largest magnitude from which the search for a group of `q6_k` sets out. */
const linearRanges = Array.from({ length: 13 }, (_, guess) => 30.5 + guess / 4);

/**
 * Values to a block of `q4_k`: 8 groups of 32, each with a scale and a minimum of 6 bits that f16 ones multiply.
 *
 * A group's scale and minimum are those of least squared error among several guesses, each refined by least squares; then those of 6
 * bits nearest to them, or beside the nearest, of least squared error as they are read.
 *
 * @param values (256), finite
 * @param block (144), filled
 * @throws RangeError where a scale is beyond f16
 */
export function quantiseQ4K(values: Float32Array, block: Uint8Array): void {
  const fits = Array.from({ length: 8 }, (_, group) => affineFit(values.subarray(32 * group, 32 * (group + 1))));
  const scale = setHalf(block, 0, Math.max(...fits.map((fit) => fit.scale)) / 63);
  const least = setHalf(block, 2, Math.max(...fits.map((fit) => fit.least)) / 63);
  block.fill(0, 4);
  for (const [group, fit] of fits.entries()) {
    const part = values.subarray(32 * group, 32 * (group + 1));
    const chosen = nearestPair(part, fit, scale, least);
    setSixBits(block, 0, group, chosen.scale);
    setSixBits(block, 1, group, chosen.least);
    const [groupScale, groupLeast] = [Math.fround(scale * chosen.scale), Math.fround(least * chosen.least)];
    const [codes, shift, inverse] = [16 + 32 * (group >> 1), 4 * (group & 1), inverseOf(groupScale)];
    for (let i = 0; i < 32; i++) block[codes + i]! |= codeOf(part[i]! + groupLeast, inverse, 0, 15) << shift;
  }
}

/**
 * Values to a block of `q6_k`: 16 groups of 16, each with a scale of 8 bits that an f16 one multiplies, codes -32 to 31.
 *
 * Scales are found as those of `quantiseQ4K`, without minimum.
 *
 * @param values (256), finite
 * @param block (210), filled
 * @throws RangeError where a scale is beyond f16
 */
export function quantiseQ6K(values: Float32Array, block: Uint8Array): void {
  const fits = Array.from({ length: 16 }, (_, group) => linearFit(values.subarray(16 * group, 16 * (group + 1))));
  const largest = fits.reduce((most, fit) => (Math.abs(fit) > Math.abs(most) ? fit : most), 0);
  const scale = setHalf(block, 208, largest === 0 ? 0 : largest / -128);
  block.fill(0, 0, 208);
  for (const [group, fit] of fits.entries()) {
    const part = values.subarray(16 * group, 16 * (group + 1));
    const chosen = bestOf(neighbours(fit, scale, -128, 127), (factor) =>
      squaredError(part, Math.fround(scale * factor), 0, -32, 31),
    );
    block[192 + group] = chosen;
    const inverse = inverseOf(Math.fround(scale * chosen));
    for (let i = 0; i < 16; i++) setSixBitCode(block, 16 * group + i, codeOf(part[i]!, inverse, -32, 31) + 32);
  }
}

interface AffineFit {
  readonly scale: number;
  /** What is taken off; not negative. */
  readonly least: number;
}

/** The scale and minimum for codes 0 to 15, `scale * code - least`, of least squared error among those that are tried. */
function affineFit(values: Float32Array): AffineFit {
  let [low, high] = [0, values[0]!];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high <= low) return { scale: 0, least: -low };
  let best: AffineFit = { scale: (high - low) / 15, least: -low };
  let bestError = squaredError(values, best.scale, best.least, 0, 15);
  for (const range of affineRanges) {
    const scale = (high - low) / range;
    for (const shift of affineShifts) {
      const fit = refined(values, scale, Math.max(0, shift * scale - low));
      const error = squaredError(values, fit.scale, fit.least, 0, 15);
      if (error >= bestError) continue;
      best = fit;
      bestError = error;
    }
  }
  return best;
}

/** The scale and minimum of least squared error for the codes that these give. */
function refined(values: Float32Array, scale: number, least: number): AffineFit {
  const [count, inverse] = [values.length, inverseOf(scale)];
  let [codes, squares, sum, products] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    const code = codeOf(value + least, inverse, 0, 15);
    codes += code;
    squares += code * code;
    sum += value;
    products += code * value;
  }
  const determinant = count * squares - codes * codes;
  if (determinant > 0) {
    const fit = {
      scale: (count * products - sum * codes) / determinant,
      least: (codes * products - squares * sum) / determinant,
    };
    if (fit.scale > 0 && fit.least >= 0) return fit;
  }
  return squares > 0 && products > 0 ? { scale: products / squares, least: 0 } : { scale, least };
}

/** The scale for codes -32 to 31 of least squared error among those that are tried; of either sign. */
function linearFit(values: Float32Array): number {
  const largest = values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  if (largest === 0) return 0;
  let [best, bestError] = [0, Number.POSITIVE_INFINITY];
  for (const range of linearRanges) {
    const inverse = -range / largest;
    let [squares, products] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const code = codeOf(value, inverse, -32, 31);
      squares += code * code;
      products += code * value;
    }
    const fit = products / squares;
    const error = squaredError(values, fit, 0, -32, 31);
    if (error < bestError) [best, bestError] = [fit, error];
  }
  return best;
}

/** Factors of 6 bits for a scale and a minimum, near the fit's, of least squared error. */
function nearestPair(values: Float32Array, fit: AffineFit, scale: number, least: number): AffineFit {
  const pairs = neighbours(fit.scale, scale, 0, 63).flatMap((ofScale) =>
    neighbours(fit.least, least, 0, 63).map((ofLeast) => ({ scale: ofScale, least: ofLeast })),
  );
  return bestOf(pairs, (pair) =>
    squaredError(values, Math.fround(scale * pair.scale), Math.fround(least * pair.least), 0, 15),
  );
}

/** The whole numbers in a range nearest to `value / unit`, and on either side of it. */
function neighbours(value: number, unit: number, from: number, to: number): number[] {
  if (unit === 0) return [0];
  const nearest = Math.min(to, Math.max(from, Math.round(value / unit)));
  return [nearest, nearest - 1, nearest + 1].filter((each) => each >= from && each <= to);
}

function bestOf<Choice>(choices: readonly Choice[], errorOf: (choice: Choice) => number): Choice {
  let best = choices[0] as Choice;
  let bestError = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    const error = errorOf(choice);
    if (error >= bestError) continue;
    best = choice;
    bestError = error;
  }
  return best;
}

/** Of what `scale * code - least` makes of values, with the nearest codes. */
function squaredError(values: Float32Array, scale: number, least: number, from: number, to: number): number {
  const inverse = inverseOf(scale);
  let error = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! + least;
    const off = scale * codeOf(value, inverse, from, to) - value;
    error += off * off;
  }
  return error;
}

/** The code whose product with the scale is nearest; `inverse` is 1 / scale, or 0. */
function codeOf(value: number, inverse: number, from: number, to: number): number {
  return Math.max(from, Math.min(to, Math.floor(value * inverse + 0.5)));
}

const inverseOf = (scale: number): number => (scale === 0 ? 0 : 1 / scale);

/** Puts a factor where `q4_k` has that of a scale (`part` 0) or a minimum (1); the block's factors must be zero before. */
function setSixBits(block: Uint8Array, part: 0 | 1, group: number, factor: number): void {
  const own = 4 + 4 * part + (group & 3);
  if (group < 4) block[own]! |= factor;
  else {
    block[12 + (group & 3)]! |= (factor & 15) << (4 * part);
    block[own]! |= (factor >> 4) << 6;
  }
}

/** Puts code `index`, 0 to 63, where `q6_k` has it: four low bits, and two high ones; the codes must be zero before. */
function setSixBitCode(block: Uint8Array, index: number, code: number): void {
  const [half, group] = [index >> 7, (index >> 5) & 3];
  const at = index & 31;
  block[64 * half + 32 * (group & 1) + at]! |= (code & 15) << (4 * (group >> 1));
  block[128 + 32 * half + at]! |= (code >> 4) << (2 * group);
}
