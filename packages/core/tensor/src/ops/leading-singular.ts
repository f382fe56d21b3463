import * as tf from "@tensorflow/tfjs-core";
import { type Random, seededRandom } from "../random.js";
import { tidy } from "../tidy.js";

type Matrix = tf.Tensor2D;

export interface LeadingSingular {
  /** Singular values, the largest first: (rank). */
  readonly values: tf.Tensor;
  /** Left singular vectors as rows: (rank, rows). */
  readonly left: tf.Tensor;
  /** Right singular vectors as rows: (rank, columns). */
  readonly right: tf.Tensor;
}

/** Directions followed beside those asked for, so that these converge sooner. */
const oversampling = 8;
export interface LeadingSingularOptions {
  /** Of the orthogonal iteration; default 8. */
  readonly iterations?: number;
  /** Rounds in which each pair of directions is rotated; default 8. With fewer, vectors of values that are close stay mixed. */
  readonly sweeps?: number;
  /** Where the first directions are drawn from. */
  readonly random?: Random;
}

/** Keeps a quotient of zeros finite; matrices are brought to norm 1 first. */
const tiny = 1e-30;

/**
 * The leading singular values and vectors of a matrix (rows, columns): orthogonal iteration from random directions, then one-sided Jacobi
 * rotations of what is left. Tensor operations only, so it runs, and is planned, on every device.
 *
 * Where `rank + 8` directions span the matrix, this is its singular value decomposition; else the error shrinks with
 * `(sigma[rank + 8] / sigma[rank]) ** (2 * iterations)`. The entries of a right vector have no negative sum. Halko et al. 2011, algorithm 4.4,
 * https://arxiv.org/abs/0909.4061; Demmel and Veselic 1992, https://doi.org/10.1137/0613074
 */
export function leadingSingular(
  matrix: tf.Tensor,
  rank: number,
  { iterations = 8, sweeps = 8, random = seededRandom(0) }: LeadingSingularOptions = {},
): LeadingSingular {
  const [rows, columns] = matrix.shape as [number, number];
  const least = Math.min(rows, columns);
  if (rank < 1 || rank > least)
    throw new Error(`singular vectors of (${rows}, ${columns}): expected a rank from 1 to ${least}, got ${rank}`);
  return tidy(() => {
    const norm = tf.add(tf.sqrt(tf.sum(tf.square(matrix))), tiny);
    const scaled = tf.div(matrix, norm) as Matrix;
    const directions = Math.min(rank + oversampling, least);
    const rounds = directions === least ? 1 : iterations;
    const start = tidy(() =>
      orthonormalRows(tf.matMul(random.normal([directions, columns]) as Matrix, scaled, false, true)),
    );
    const basis = repeated(start, rounds - 1, (each) =>
      orthonormalRows(tf.matMul(orthonormalRows(tf.matMul(each, scaled)), scaled, false, true)),
    );
    const spanned: Matrix = tf.matMul(basis, scaled); // (directions, columns)
    const rowBasis = orthonormalRows(spanned);
    const small: Matrix = tf.matMul(spanned, rowBasis, false, true); // (directions, directions), rotated in place of `spanned`
    const leading = tf.slice2d(rotatedRows(small, sweeps), [0, 0], [rank, directions]);
    const orthogonal = tf.matMul(leading, rowBasis); // (rank, columns)
    const values = tf.sqrt(tf.sum(tf.square(orthogonal), 1, true)); // (rank, 1)
    const isNegative = tf.cast(tf.less(tf.sum(orthogonal, 1, true), 0), "float32");
    const sign = tf.sub(1, tf.mul(isNegative, 2)); // (rank, 1)
    const right = tf.div(tf.mul(orthogonal, sign), tf.add(values, tiny)) as Matrix;
    const left = tf.div(tf.matMul(right, scaled, false, true), tf.add(values, tiny));
    return { values: tf.mul(tf.reshape(values, [rank]), norm), left, right };
  });
}

/** What `step` makes of `start` when applied `times` times. All but the last result are freed as it goes, `start` too. */
function repeated(start: Matrix, times: number, step: (matrix: Matrix, index: number) => Matrix): Matrix {
  let result = start;
  for (let index = 0; index < times; index++) {
    const before = result;
    result = tidy(() => step(before, index));
    before.dispose();
  }
  return result;
}

/** An orthonormal basis of the rows' span, of as many rows: Gram-Schmidt, twice for each. */
function orthonormalRows(matrix: Matrix): Matrix {
  const [count, width] = matrix.shape;
  return tidy(() => {
    const unit = (row: Matrix): Matrix => tf.div(row, tf.add(tf.sqrt(tf.sum(tf.square(row))), tiny));
    const first = unit(tf.slice(matrix, [0, 0], [1, width]));
    return repeated(first, count - 1, (basis, index) => {
      const apart = (row: Matrix): Matrix =>
        unit(tf.sub(row, tf.matMul(tf.matMul(row, basis, false, true), basis)) as Matrix);
      return tf.concat([basis, apart(apart(unit(tf.slice(matrix, [index + 1, 0], [1, width]))))], 0);
    });
  });
}

/** Rotates pairs of rows until all are orthogonal, those of the largest norms first: (rows, columns), which it frees -> the same shape. */
function rotatedRows(matrix: Matrix, sweeps: number): Matrix {
  const count = matrix.shape[0];
  if (count === 1) return matrix;
  const pairings = pairingsOf(count + (count % 2)).map((partners) => partners.slice(0, count));
  return tidy(() => {
    const rounds = pairings.map((partners) => ({
      partners: tf.tensor1d(
        partners.map((partner, row) => (partner < count ? partner : row)),
        "int32",
      ),
      /** 1 for the first row of a pair, -1 for the second, 0 for a row that waits. */
      place: tf.tensor2d(
        partners.map((partner, row) => (partner < count ? Math.sign(partner - row) : 0)),
        [count, 1],
      ),
    }));
    return repeated(matrix, sweeps * rounds.length, (rotated, index) => {
      const { partners, place } = rounds[index % rounds.length]!;
      return rotatePairs(rotated, partners, place);
    });
  });
}

/** Makes the rows of each pair orthogonal and puts the longer one first. */
function rotatePairs(matrix: Matrix, partners: tf.Tensor1D, place: tf.Tensor2D): Matrix {
  const others = tf.gather(matrix, partners);
  const sums = (product: tf.Tensor): Matrix => tf.sum(product, 1, true);
  const difference = tf.sub(sums(tf.square(others)), sums(tf.square(matrix))); // of the squared norms
  const twice = tf.mul(sums(tf.mul(matrix, others)), tf.mul(2, tf.abs(place))); // a row that waits does not turn
  const root = tf.sqrt(tf.add(tf.square(difference), tf.square(twice)));
  const isTie = tf.cast(tf.equal(difference, 0), "float32");
  const sign = tf.add(tf.sign(difference), tf.mul(isTie, place));
  const tangent = tf.div(tf.mul(sign, twice), tf.add(tf.add(tf.abs(difference), root), tiny));
  const cosine = tf.div(1, tf.sqrt(tf.add(tf.square(tangent), 1)));
  const turned = tf.mul(tf.sub(matrix, tf.mul(others, tangent)), cosine) as Matrix;
  const isShorter = tf.cast(tf.greater(tf.mul(difference, place), 0), "float32");
  return tf.add(turned, tf.mul(tf.sub(tf.gather(turned, partners), turned), isShorter));
}

/** All pairs of an even number of rows in rounds of disjoint ones: for each round the partner of each row (the circle method). */
function pairingsOf(count: number): number[][] {
  const moving = count - 1;
  return Array.from({ length: moving }, (_, round) => {
    const partners = new Array<number>(count);
    const pair = (a: number, b: number): void => {
      partners[a] = b;
      partners[b] = a;
    };
    pair(moving, round);
    for (let step = 1; step < count / 2; step++) pair((round + step) % moving, (round - step + moving) % moving);
    return partners;
  });
}
