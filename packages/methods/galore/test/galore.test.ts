import { readFileSync } from "node:fs";
import { testMethod } from "@petl/method-testkit";
import { adamW } from "@petl/optim";
import { seededRandom, type Tensor, tf, type Variable } from "@petl/tensor";
import { expect, test } from "vitest";
import galore, { projectionOf } from "../src/index.js";

// a key bias adds the same to every score of a query, which softmax takes out again; rotary positions turn it by the key's position
const hasZeroGradient = (param: string, { kind }: { kind: string }) =>
  kind !== "decoder" && param.endsWith(".key.bias");

testMethod(galore, { config: { rank: 4, refreshEvery: 15 }, hasZeroGradient });

type Values = Record<string, number[]>;

/** Made by scripts/fixtures/galore.py; its versions stand in the file. */
const fixture = JSON.parse(readFileSync(new URL("./fixtures/galore.json", import.meta.url), "utf8")) as {
  rank: number;
  gap: number;
  scale: number;
  learningRate: number;
  eps: number;
  shapes: Record<string, number[]>;
  initial: Values;
  gradients: Values[];
  after: Values[];
};

test("five updates agree with galore-torch's to 1e-5", async () => {
  const tensors = (values: Values): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(values).map(([name, data]) => [name, tf.tensor(data, fixture.shapes[name]!)]));
  const params: Record<string, Variable> = {};
  for (const [name, value] of Object.entries(tensors(fixture.initial))) params[name] = tf.variable(value);
  const { rank, gap: refreshEvery, scale, learningRate, eps: epsilon } = fixture;
  const settings = (name: string) => ({
    projection: projectionOf(fixture.shapes[name]!, { rank, refreshEvery, scale }, seededRandom(8)),
  });
  const optimizer = adamW({ epsilon });
  const state = optimizer.init(params, settings);
  for (const [index, expected] of fixture.after.entries()) {
    const gradients = tensors(fixture.gradients[index]!);
    optimizer.update(state, { params, gradients, step: index + 1, learningRate, scale: null, settings });
    for (const [name, values] of Object.entries(expected)) {
      const found = await params[name]!.data();
      const furthest = values.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at]!)), 0);
      expect(furthest, `${name} after update ${index + 1}`).toBeLessThan(1e-5);
    }
  }
  const moved = fixture.after[4]!.tall!.map((value, at) => Math.abs(value - fixture.initial.tall![at]!));
  expect(Math.max(...moved)).toBeGreaterThan(1e-3);
});
