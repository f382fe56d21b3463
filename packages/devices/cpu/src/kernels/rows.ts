import { type CpuKernel, type KernelContext, rowsOf, type TensorInfo } from "./context.js";

/** Keeps a quotient of zeros finite, as the composed operations do. */
const tiny = 1e-30;

/** Gram-Schmidt with sums in float64, twice for each row; a row of zeros stays one. */
export const orthonormalRows: CpuKernel = (context, { x }) => {
  const { output, rows } = copied(context, x!);
  for (const [index, row] of rows.entries()) {
    normalise(row);
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < index; other++) subtract(row, rows[other]!, dot(row, rows[other]!));
      normalise(row);
    }
  }
  return output;
};

/** One-sided Jacobi rotations: in each sweep every pair of rows is made orthogonal, the longer one first. */
export const rotateRows: CpuKernel = (context, { x }, { sweeps }) => {
  const { output, rows } = copied(context, x!);
  const even = rows.length + (rows.length % 2);
  const pairAt = (round: number, step: number): readonly [number, number] => {
    const [a, b] =
      step === 0 ? [even - 1, round] : [(round + step) % (even - 1), (round - step + even - 1) % (even - 1)];
    return a < b ? [a, b] : [b, a];
  };
  for (let sweep = 0; sweep < (sweeps as number); sweep++)
    for (let round = 0; round < even - 1; round++)
      for (let step = 0; step < even / 2; step++) {
        const [first, second] = pairAt(round, step);
        if (second < rows.length) rotate(rows[first]!, rows[second]!);
      }
  return output;
};

function copied(context: KernelContext, x: TensorInfo): { output: TensorInfo; rows: Float32Array[] } {
  const { rows: count, channels } = rowsOf(x);
  const output = context.output(x.shape);
  const values = context.backend.typedArrayFromHeap(output) as Float32Array;
  values.set(context.backend.typedArrayFromHeap(x) as Float32Array);
  const rows = Array.from({ length: count }, (_, row) => values.subarray(row * channels, (row + 1) * channels));
  return { output, rows };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function subtract(row: Float32Array, other: Float32Array, factor: number): void {
  for (let index = 0; index < row.length; index++) row[index]! -= factor * other[index]!;
}

function normalise(row: Float32Array): void {
  const scale = 1 / (Math.sqrt(dot(row, row)) + tiny);
  for (let index = 0; index < row.length; index++) row[index]! *= scale;
}

function rotate(first: Float32Array, second: Float32Array): void {
  const difference = dot(second, second) - dot(first, first);
  const twice = 2 * dot(first, second);
  const sign = difference < 0 ? -1 : 1; // of a tie as of a shorter first row
  const tangent = (sign * twice) / (Math.abs(difference) + Math.hypot(difference, twice) + tiny);
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const swaps = difference > 0;
  for (let index = 0; index < first.length; index++) {
    const [a, b] = [first[index]!, second[index]!];
    const [turnedA, turnedB] = [(a - b * tangent) * cosine, (b + a * tangent) * cosine];
    first[index] = swaps ? turnedB : turnedA;
    second[index] = swaps ? turnedA : turnedB;
  }
}
