import {
  type Device,
  linear,
  linearCrossEntropy,
  meanCrossEntropy,
  peakBytes,
  resetPeakBytes,
  runKernel,
  storedWeight,
  type Tensor,
  tf,
  valueAndGradients,
} from "@petl/tensor";
import { storeWeight } from "@petl/weight-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import cpu from "../src/index.js";
import { bits, expectClose, integers, normal } from "./compare.js";

describe.each(["wasm", "simd"] as const)("cross-entropy of a linear layer in pieces, %s build", (kernels) => {
  let device: Device;
  beforeAll(async () => {
    device = await cpu.open({ kernels });
  });
  afterAll(() => device.close());

  const [rows, channels, classes] = [150, 40, 1100];
  const given = () => {
    const hidden = normal([rows, channels], 1);
    const labels = tf.where(
      tf.greater(normal([rows], 3), 1),
      tf.fill([rows], -100, "int32"),
      integers([rows], 0, classes, 4),
    );
    return { hidden, labels: tf.cast(labels, "int32") };
  };
  const both = (weight: Tensor, wanted: (hidden: Tensor) => Record<string, Tensor>, lossScale: number) => {
    const { hidden, labels } = given();
    const inPieces = () => linearCrossEntropy({ hidden, weight, labels, smoothing: 0.1, share: 0.3, rowsAtOnce: 37 });
    const whole = () => tf.mul(meanCrossEntropy(linear(hidden, weight), labels, 0.1), 0.3);
    return [inPieces, whole].map((loss) => {
      resetPeakBytes();
      const before = peakBytes().total;
      const { value, gradients } = valueAndGradients(loss, wanted(hidden), lossScale);
      return { value, gradients, bytes: peakBytes().total - before };
    }) as [Measured, Measured];
  };

  test.each([1, 65_536])("with a frozen weight has the bits of all logits at once, loss scale %d", (lossScale) => {
    const [ours, whole] = both(normal([classes, channels], 2), (hidden) => ({ hidden }), lossScale);
    expect(bits(ours.value)).toEqual(bits(whole.value));
    expect(bits(ours.gradients.hidden!)).toEqual(bits(whole.gradients.hidden!));
    expect(ours.bytes).toBeLessThan(0.45 * whole.bytes);
  });

  test("of a trained weight sums its gradient in place", () => {
    const weight = normal([classes, channels], 2);
    const [ours, whole] = both(weight, (hidden) => ({ hidden, weight }), 1);
    expect(bits(ours.gradients.hidden!)).toEqual(bits(whole.gradients.hidden!));
    expectClose(ours.gradients.weight!, whole.gradients.weight!, 1e-6);
  });

  test("of a stored weight has the bits of all logits at once", () => {
    const shape = [classes, channels] as const;
    const weight = storedWeight(
      "int8",
      shape,
      () => storeWeight(normal(shape, 2).dataSync() as Float32Array, shape, "int8").bytes,
    );
    const [ours, whole] = both(weight, (hidden) => ({ hidden }), 1);
    expect(bits(ours.value)).toEqual(bits(whole.value));
    expect(bits(ours.gradients.hidden!)).toEqual(bits(whole.gradients.hidden!));
  });

  test.each([
    [1, 1, 1],
    [7, 3, 9],
    [33, 65, 130],
    [5, 2100, 17],
  ])("a product of %d rows is added to (%d, %d) in place", (depth, m, n) => {
    const [sum, a, b] = [normal([m, n], 1), normal([depth, m], 2), normal([depth, n], 3)];
    const expected = tf.add(sum, tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true, false));
    expect(runKernel("PetlAddProduct", { sum, a, b }, {})).toEqual([]);
    expectClose(sum, expected, 1e-6);
  });
});

interface Measured {
  readonly value: Tensor;
  readonly gradients: Readonly<Record<string, Tensor>>;
  readonly bytes: number;
}
