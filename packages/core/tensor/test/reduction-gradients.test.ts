import { beforeAll, expect, test } from "vitest";
import { seededRandom, tf, valueAndGradients } from "../src/index.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

const weightOf = ([row, column, depth]: number[]): number => 2 ** (row! - 2 * column! + 3 * depth!); // no sum or quotient of them is rounded

/** The gradient of `sum(weights * reduced)` with respect to each of (2, 3, 4) values: the weight of what it went into. */
function expected(axes: readonly number[], share: number): number[] {
  const of = (place: readonly number[]): number => weightOf(place.map((at, axis) => (axes.includes(axis) ? 0 : at)));
  return Array.from({ length: 24 }, (_, index) =>
    Math.fround(of([Math.floor(index / 12), Math.floor(index / 4) % 3, index % 4]) / share),
  );
}

test.each([
  [[0], false],
  [[1], true],
  [[-1], false],
  [[0, 2], false],
  [[1, 2], true],
  [[0, 1, 2], false],
])("each summand along %j gets the gradient of its sum, and of its mean the share of one", async (given, keepDims) => {
  const axes = given.map((axis) => (axis + 3) % 3);
  const shape = [2, 3, 4].map((size, axis) => (axes.includes(axis) ? 1 : size));
  const x = seededRandom(1).normal([2, 3, 4]);
  const values = shape.reduce((all, size) => all * size);
  const places = Array.from({ length: values }, (_, index) => [
    Math.floor(index / (shape[1]! * shape[2]!)),
    Math.floor(index / shape[2]!) % shape[1]!,
    index % shape[2]!,
  ]);
  const weights = tf.tensor(places.map(weightOf), shape);
  for (const [reduce, share] of [
    [tf.sum, 1],
    [tf.mean, 24 / values],
  ] as const) {
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.mul(weights, tf.reshape(reduce(x, given, keepDims), shape))),
      { x },
    );
    expect([...(await gradients.x!.data())]).toEqual(expected(axes, share));
  }
});
