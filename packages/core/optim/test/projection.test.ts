import cpu from "@petl/device-cpu";
import type { Projection, TensorSettings } from "@petl/spec";
import { liveBytes, overwrite, seededRandom, type Tensor, tf, type Variable, withByteCategory } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { adamW } from "../src/index.js";

beforeAll(async () => {
  await cpu.open();
});

const random = seededRandom(2);
const parameter = (values: Tensor): Variable => tf.variable(tf.mul(values, 1)); // a buffer of its own
/** Columns of an identity: the projected gradient is two of the four rows. */
const basisOf = (): Tensor => tf.tensor([0, 0, 1, 0, 0, 0, 0, 1], [4, 2]);

const rows: Projection = {
  shape: [2, 3],
  state: { basis: [4, 2], seen: [] },
  project(gradient, state, update) {
    if (update === 1) overwrite(state.basis!, basisOf());
    overwrite(state.seen!, tf.scalar(update));
    return tf.matMul(state.basis as tf.Tensor2D, gradient as tf.Tensor2D, true);
  },
  back: (move, state) => tf.matMul(state.basis as tf.Tensor2D, tf.mul(move, 0.5) as tf.Tensor2D),
};

const plain = { beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 };

test("moments are kept of the projected gradient, and AdamW's move goes back through the projection", async () => {
  const start = random.normal([4, 3]);
  const [whole, part] = [parameter(start), parameter(tf.gather(start, [1, 3]))];
  const optimizer = adamW(plain);
  const settings = (): TensorSettings => ({ projection: rows, learningRateScale: 2 });
  const state = optimizer.init({ whole }, settings);
  expect(Object.keys(state).sort()).toEqual(
    ["mean", "projection.basis", "projection.seen", "variance"].map((name) => `whole.${name}`),
  );
  expect(state["whole.mean"]!.shape).toEqual([2, 3]);
  const ofPart = optimizer.init({ part });
  const decayed = 1 - 0.02 * 0.1;
  let expected = start;
  for (const step of [1, 2, 3]) {
    const gradient = random.fork(step).normal([4, 3]);
    const scale = tf.scalar(0.25);
    const update = { params: { whole }, gradients: { whole: gradient }, step, learningRate: 0.01, scale, settings };
    withByteCategory("gradients", () => optimizer.update(state, update));
    const before = tf.mul(part, 1);
    const gradients = { part: tf.gather(gradient, [1, 3]) };
    optimizer.update(ofPart, {
      ...{ params: { part }, gradients, step, learningRate: 0.02, scale, settings: () => ({ weightDecay: 0 }) },
    });
    const moved = tf.matMul(basisOf() as tf.Tensor2D, tf.sub(part, before) as tf.Tensor2D); // the other rows only decay
    expected = tf.add(tf.mul(expected, decayed), tf.mul(moved, 0.5));
    expect((await state["whole.projection.seen"]!.data())[0]).toBe(step);
  }
  const [found, wanted] = [await whole.data(), await expected.data()];
  for (const [at, value] of found.entries()) expect(value).toBeCloseTo(wanted[at]!, 5);
  expect(liveBytes()).toMatchObject({ gradients: 0 }); // what an update writes counts as what it was
  expect(found[1]).not.toBeCloseTo(((await start.data()) as Float32Array)[1]!, 4);
});

test("a tensor whose moments began later is corrected by its own updates", async () => {
  const start = random.normal([5]);
  const gradient = random.normal([5]);
  const moved = async (step: number, updatesOf?: () => number) => {
    const param = parameter(start);
    const optimizer = adamW(plain);
    const state = optimizer.init({ param });
    const own = updatesOf === undefined ? {} : { updatesOf };
    optimizer.update(state, {
      params: { param },
      gradients: { param: gradient },
      step,
      learningRate: 0.1,
      scale: null,
      ...own,
    });
    return [...(await param.data())];
  };
  expect(await moved(7, () => 1)).toEqual(await moved(1));
  expect(await moved(7)).not.toEqual(await moved(1));
});
