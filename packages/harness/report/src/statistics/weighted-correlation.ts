/** Pearson's correlation, -1..1, of x and y where pair i comes `counts[i]` times; neither may be constant among those that come. */
export function weightedCorrelation(x: Float64Array, y: Float64Array, counts: Int32Array): number {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumYY = 0;
  let sumXY = 0;
  for (let row = 0; row < counts.length; row++) {
    const count = counts[row]!;
    const atX = x[row]!;
    const atY = y[row]!;
    n += count;
    sumX += count * atX;
    sumY += count * atY;
    sumXX += count * atX * atX;
    sumYY += count * atY * atY;
    sumXY += count * atX * atY;
  }
  const spread = Math.sqrt(sumXX - (sumX * sumX) / n) * Math.sqrt(sumYY - (sumY * sumY) / n);
  return Math.min(1, Math.max(-1, (sumXY - (sumX * sumY) / n) / spread));
}
