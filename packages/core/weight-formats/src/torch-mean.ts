/** Values that PyTorch adds side by side: four vectors of eight f32. */
const lanes = 8;
const rows = 4;
const width = lanes * rows;
const levels = 4;

/**
 * Mean in f32 with every sum rounded where PyTorch 2.15 rounds it, on one thread of a processor with AVX2: 32 sums side by side in a
 * cascade of four levels, then across rows and lanes. Of fewer than 32,768 values the number of threads makes no difference.
 *
 * @param values (n), n > 0
 */
export function torchMean(values: Float32Array): number {
  const vectors = Math.floor(values.length / lanes);
  const groups = Math.floor(vectors / rows);
  const sums = cascade(values, groups);
  for (let vector = groups * rows; vector < vectors; vector++)
    for (let lane = 0; lane < lanes; lane++) sums[lane]! += values[vector * lanes + lane]!;
  for (let at = lanes; at < width; at++) sums[at % lanes]! += sums[at]!;
  let total = 0;
  for (let at = vectors * lanes; at < values.length; at++) total = Math.fround(total + values[at]!);
  for (let lane = 0; lane < lanes; lane++) total = Math.fround(total + sums[lane]!);
  return Math.fround(total / values.length);
}

/** The sums (32) over groups of 32 values; a level's sums move to the next after each `2^power` additions. */
function cascade(values: Float32Array, groups: number): Float32Array {
  const power = Math.max(4, Math.floor(Math.ceil(Math.log2(Math.max(groups, 1))) / levels));
  const step = 2 ** power;
  const sums = Array.from({ length: levels }, () => new Float32Array(width));
  const lowest = sums[0]!;
  for (let group = 0; group < groups; ) {
    const wholeStep = group + step <= groups;
    const end = wholeStep ? group + step : groups;
    for (; group < end; group++) for (let at = 0; at < width; at++) lowest[at]! += values[group * width + at]!;
    for (let level = 1; wholeStep && level < levels; level++) {
      addInto(sums[level]!, sums[level - 1]!);
      sums[level - 1]!.fill(0);
      if (group % step ** (level + 1) !== 0) break;
    }
  }
  for (let level = 1; level < levels; level++) addInto(lowest, sums[level]!);
  return lowest;
}

function addInto(target: Float32Array, addend: Float32Array): void {
  for (let at = 0; at < target.length; at++) target[at]! += addend[at]!;
}
