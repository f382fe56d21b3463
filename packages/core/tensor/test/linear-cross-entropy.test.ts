import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ignoredLabel,
  linear,
  linearCrossEntropy,
  liveBytes,
  meanCrossEntropy,
  rowsOfLogits,
  type Tensor,
  tf,
  valueAndGradients,
} from "../src/index.js";
import { compare, expectClose, normal, random } from "./compare.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

/** int32 (rows) below `classes`; every third is ignored. */
const labelsOf = (rows: number, classes: number): Tensor =>
  tf.tensor1d(
    random.integers(rows, classes).map((label, row) => (row % 3 === 2 ? ignoredLabel : label)),
    "int32",
  );

describe("cross-entropy of a linear layer in pieces", () => {
  test("is that of all logits at once, with its gradients, however the rows are cut", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom(0, 0.1),
        fc.constantFrom(1, 0.3),
        async (rows, channels, classes, rowsAtOnce, smoothing, share) => {
          const labels = labelsOf(rows, classes);
          const inputs = [normal(rows, channels), normal(classes, channels)] as const;
          const pieces = ([hidden, weight]: readonly Tensor[]): Tensor =>
            linearCrossEntropy({ hidden: hidden!, weight: weight!, labels, smoothing, share, rowsAtOnce });
          const whole = ([hidden, weight]: readonly Tensor[]): Tensor =>
            tf.mul(meanCrossEntropy(linear(hidden!, weight!), labels, smoothing), share);
          await expectClose(pieces(inputs), whole(inputs), "loss");
          for (const wanted of [[0, 1], [0], [1]] as const) {
            const named = Object.fromEntries(wanted.map((index) => [index, inputs[index]]));
            for (const lossScale of [1, 4096]) {
              const ours = valueAndGradients(() => pieces(inputs), named, lossScale).gradients;
              const expected = valueAndGradients(() => whole(inputs), named, lossScale).gradients;
              for (const index of wanted) await expectClose(ours[index]!, expected[index]!, `gradient ${index}`);
            }
          }
        },
      ),
      { numRuns: 12 },
    ));

  test("has the gradients of its definition where more is computed with the loss", async () => {
    const labels = labelsOf(7, 5);
    const oneHot = tf.oneHot(
      tf.tensor1d(
        [...(await labels.data())].map((label) => Math.max(0, label)),
        "int32",
      ),
      5,
    );
    const counted = tf.cast(tf.notEqual(labels, ignoredLabel), "float32");
    await compare(
      ([hidden, weight]) => tf.square(linearCrossEntropy({ hidden: hidden!, weight: weight!, labels, rowsAtOnce: 3 })),
      ([hidden, weight]) => {
        const logits = tf.matMul(hidden as tf.Tensor2D, weight as tf.Tensor2D, false, true);
        const ofRows = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot), -1));
        return tf.square(tf.div(tf.sum(tf.mul(ofRows, counted)), tf.sum(counted)));
      },
      [normal(7, 4), normal(5, 4)],
    );
  });

  test("of rows that all count for nothing is 0, as is its gradient", async () => {
    const labels = tf.fill([4], ignoredLabel, "int32");
    const hidden = normal(4, 3);
    const { value, gradients } = valueAndGradients(
      () => linearCrossEntropy({ hidden, weight: normal(6, 3), labels, rowsAtOnce: 2 }),
      { hidden },
    );
    expect([...(await value.data()), ...(await gradients.hidden!.data())]).toEqual(new Array(13).fill(0));
  });

  test("leaves nothing behind but what it returns", () => {
    const [rows, channels, classes] = [64, 4, 512];
    const hidden = normal(rows, channels);
    const [weight, labels] = [normal(classes, channels), labelsOf(rows, classes)];
    const before = liveBytes().total;
    const { value, gradients } = valueAndGradients(
      () => linearCrossEntropy({ hidden, weight, labels, rowsAtOnce: 8 }),
      { hidden, weight },
    );
    const held = [value, ...Object.values(gradients)].reduce((sum, { size }) => sum + 4 * size, 0);
    expect(liveBytes().total - before).toBe(held);
  });
});

test("logits beyond 64 MiB and 256 rows are cut into pieces of about one size", () => {
  const [usual, large] = [tf.zeros([2 ** 15, 1]), tf.zeros([2 ** 18, 1])]; // 128 KiB and 1 MiB a row
  expect([1, 511, 512].map((rows) => rowsOfLogits(rows, usual))).toEqual([1, 511, 512]);
  expect([513, 1024, 1025, 5000].map((rows) => rowsOfLogits(rows, usual))).toEqual([257, 512, 342, 500]);
  expect([64, 256, 257, 1000].map((rows) => rowsOfLogits(rows, large))).toEqual([64, 256, 129, 250]);
});
