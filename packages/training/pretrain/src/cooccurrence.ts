import { type Random, type Tensor, tf } from "@petl/tensor";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Tokens on either side that count as context; one at distance k counts 1/k. */
const reach = 5;
/** Power of the context frequencies: rare contexts are not overrated. */
const smoothing = 0.75;
const oversampling = 32;
const iterations = 6;

/**
 * Embeddings from counts: rank-`width` factor `U |S|^(1/2)` of the tokens' positive pointwise mutual information,
 * float32 (vocabulary, width), each row scaled to a root mean square of 1; rows of tokens that never occur are normal random.
 *
 * Skip-gram training factors nearly this matrix (Levy and Goldberg 2014, "Neural word embedding as implicit matrix
 * factorization"); counting takes seconds where gradient steps take hours. The subspace is found by randomised iteration
 * (Halko et al. 2011, algorithm 4.4).
 */
export function cooccurrenceEmbeddings(
  tokens: Uint16Array,
  vocabularySize: number,
  width: number,
  random: Random,
): Float32Array {
  const information = pointwiseInformation(countPairs(tokens, vocabularySize), vocabularySize);
  const rows = tf.tidy(() => {
    const matrix = tf.tensor2d(information, [vocabularySize, vocabularySize]);
    let basis = orthonormal(
      random.fork("subspace").normal([vocabularySize, Math.min(width + oversampling, vocabularySize)]),
    );
    for (let round = 0; round < iterations; round++) basis = orthonormal(tf.matMul(matrix, basis));
    const { values, vectors } = largestEigenpairs(tf.matMul(basis, tf.matMul(matrix, basis), true), width);
    const factor = tf.mul(tf.matMul(basis, vectors), tf.sqrt(tf.abs(values))); // (vocabulary, width)
    const size = tf.sqrt(tf.mean(tf.square(factor), 1, true));
    const absent = tf.lessEqual(size, 1e-6);
    return tf.where(
      absent,
      random.fork("absent").normal([vocabularySize, width]),
      tf.div(factor, tf.maximum(size, 1e-6)),
    );
  });
  const embeddings = rows.dataSync() as Float32Array;
  rows.dispose();
  return embeddings;
}

/** An orthonormal basis of the columns of a tall matrix, `Y (Y^T Y)^(-1/2)` up to a rotation. */
export function orthonormal(columns: Tensor): Tensor {
  const { values, vectors } = largestEigenpairs(tf.matMul(columns, columns, true), columns.shape[1]!);
  const least = tf.mul(tf.max(values), 1e-7); // directions the columns lack stay small
  return tf.matMul(columns, tf.div(vectors, tf.sqrt(tf.maximum(values, least))));
}

/** The eigenpairs of a small symmetric matrix of largest magnitude: values (1, count), vectors (size, count). */
function largestEigenpairs(symmetric: Tensor, count: number): { values: Tensor; vectors: Tensor } {
  const size = symmetric.shape[0]!;
  const matrix = Matrix.from1DArray(size, size, [...symmetric.dataSync()]);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const columns = [...realEigenvalues.keys()]
    .sort((a, b) => Math.abs(realEigenvalues[b]!) - Math.abs(realEigenvalues[a]!))
    .slice(0, count);
  return {
    values: tf.tensor2d([columns.map((column) => realEigenvalues[column]!)]),
    vectors: tf.tensor2d(eigenvectorMatrix.subMatrixColumn(columns).to1DArray(), [size, columns.length]),
  };
}

/** Weighted counts of token (row) and context (column), both directions: float32 (vocabulary, vocabulary). */
function countPairs(tokens: Uint16Array, vocabularySize: number): Float32Array {
  const counts = new Float32Array(vocabularySize * vocabularySize);
  for (let at = 0; at < tokens.length; at++) {
    const row = tokens[at]! * vocabularySize;
    for (let distance = 1; distance <= reach && distance <= at; distance++) {
      counts[row + tokens[at - distance]!]! += 1 / distance;
    }
  }
  for (let row = 0; row < vocabularySize; row++) {
    for (let column = 0; column <= row; column++) {
      const [one, other] = [row * vocabularySize + column, column * vocabularySize + row];
      counts[one] = counts[other] = counts[one]! + counts[other]!;
    }
  }
  return counts;
}

/** `max(0, log(p(a, b) / (p(a) p'(b))))` with smoothed context frequencies `p'`, made symmetric; in place. */
function pointwiseInformation(counts: Float32Array, vocabularySize: number): Float32Array {
  const sums = new Float64Array(vocabularySize);
  for (let row = 0; row < vocabularySize; row++) {
    for (let column = 0; column < vocabularySize; column++) sums[row]! += counts[row * vocabularySize + column]!;
  }
  const smoothed = sums.map((sum) => sum ** smoothing);
  const smoothedAll = smoothed.reduce((a, b) => a + b, 0);
  for (let row = 0; row < vocabularySize; row++) {
    for (let column = 0; column <= row; column++) {
      const at = row * vocabularySize + column;
      const count = counts[at]!;
      const value = count === 0 ? 0 : 0.5 * (ratio(count, row, column) + ratio(count, column, row));
      counts[at] = counts[column * vocabularySize + row] = value;
    }
  }
  return counts;

  function ratio(count: number, token: number, context: number): number {
    return Math.max(0, Math.log(count / sums[token]! / (smoothed[context]! / smoothedAll)));
  }
}
