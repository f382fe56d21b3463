import { readFileSync } from "node:fs";
import cpu from "@petl/device-cpu";
import { type Tensor, tf, type Variable } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { adamW, clipScale, schedule } from "../src/index.js";

type Values = Record<string, number[]>;
interface Case {
  name: string;
  learningRate: number;
  betas: [number, number];
  eps: number;
  weight_decay: number;
  clipNorm: number | null;
  after: Values[];
}
/** Made by scripts/fixtures/adamw.py; its versions stand in the file. */
const fixture = JSON.parse(readFileSync(new URL("./fixtures/adamw.json", import.meta.url), "utf8")) as {
  shapes: Record<string, number[]>;
  initial: Values;
  gradients: Values[];
  cases: Case[];
  linearWarmup: { baseLearningRate: number; warmupSteps: number; totalSteps: number; rates: number[] }[];
};

beforeAll(async () => {
  await cpu.open();
});

const tensors = (values: Values): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(values).map(([name, data]) => [name, tf.tensor(data, fixture.shapes[name]!)]));

describe("agrees with PyTorch to 1e-5:", () => {
  test.each(fixture.cases)("$name", async (one) => {
    const params = Object.fromEntries(
      Object.entries(tensors(fixture.initial)).map(([name, value]) => [name, tf.variable(value)]),
    );
    const [beta1, beta2] = one.betas;
    const optimizer = adamW({ beta1, beta2, epsilon: one.eps, weightDecay: one.weight_decay });
    const state = optimizer.init(params);
    for (const [index, expected] of one.after.entries()) {
      const gradients = tensors(fixture.gradients[index]!);
      const scale = one.clipNorm === null ? null : clipScale(gradients, one.clipNorm);
      optimizer.update(state, { params, gradients, step: index + 1, learningRate: one.learningRate, scale });
      for (const [name, values] of Object.entries(expected)) {
        const ours = await (params[name] as Variable).data();
        for (const [position, value] of values.entries()) expect(Math.abs(ours[position]! - value)).toBeLessThan(1e-5);
      }
    }
  });

  test.each(fixture.linearWarmup)(
    "linear warm-up $warmupSteps of $totalSteps",
    ({ baseLearningRate, warmupSteps, totalSteps, rates }) => {
      const factor = schedule("linear", warmupSteps, totalSteps);
      for (const [done, rate] of rates.entries()) expect(baseLearningRate * factor(done + 1)).toBeCloseTo(rate, 12);
    },
  );
});

test("a tensor without a gradient is left alone", async () => {
  const params = { kept: tf.variable(tf.tensor1d([1, 2])), moved: tf.variable(tf.tensor1d([1, 2])) };
  const optimizer = adamW({ weightDecay: 0.5 });
  const gradients = { moved: tf.tensor1d([1, 1]) };
  optimizer.update(optimizer.init(params), { params, gradients, step: 1, learningRate: 0.1, scale: null });
  expect([...(await params.kept.data())]).toEqual([1, 2]);
  expect([...(await params.moved.data())]).not.toEqual([1, 2]);
});

test.each(["constant", "cosine", "inverse-sqrt", "linear"] as const)("the %s schedule never leaves [0, 1]", (name) => {
  for (const warmup of [0, 3]) {
    const factor = schedule(name, warmup, 10);
    for (let step = 1; step < 20; step++) expect(factor(step)).toSatisfy((value: number) => value >= 0 && value <= 1);
  }
});
