import cpu from "@petl/device-cpu";
import t5 from "@petl/family-t5";
import { testBackbone } from "@petl/method-testkit";
import { seededRandom, tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import adapters from "../src/index.js";

beforeAll(async () => {
  await cpu.open();
});

const gelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const relu = (x: number): number => Math.max(0, x);

test.each([
  ["gelu", gelu],
  ["relu", relu],
] as const)("with %s an adapter is x + U f(D x + d) + u, value by value", async (activation, f) => {
  const [channels, bottleneck, site] = [32, 3, "decoder.1.feedforward"];
  const random = seededRandom(4);
  const config = adapters.parse({ activation, bottleneck, initialDeviation: 0.5 });
  const { hooks, params } = adapters.attach(testBackbone(t5), config, random);
  const values = { ...params };
  values[`${site}.down.bias`] = random.normal([bottleneck]);
  values[`${site}.up.bias`] = random.normal([channels]);
  const hidden = random.normal([2, 5, channels]);
  const activationAt = { hidden, mask: tf.ones([2, 5]) };
  const result = hooks.get(site)!(activationAt, activationAt, {
    params: values,
    training: true,
    random,
    recorded: new Map(),
  });

  const [x, down, downBias, up, upBias] = [
    hidden,
    ...["down.weight", "down.bias", "up.weight", "up.bias"].map((part) => values[`${site}.${part}`]!),
  ].map((tensor) => tensor.dataSync());
  const found = await result.hidden.data();
  for (let row = 0; row < 10; row++) {
    const inner = Array.from({ length: bottleneck }, (_, unit) => {
      let sum = downBias![unit]!;
      for (let channel = 0; channel < channels; channel++)
        sum += down![unit * channels + channel]! * x![row * channels + channel]!;
      return f(sum);
    });
    for (let channel = 0; channel < channels; channel++) {
      const sum = inner.reduce((total, value, unit) => total + up![channel * bottleneck + unit]! * value, 0);
      const expected = x![row * channels + channel]! + sum + upBias![channel]!;
      expect(Math.abs(found[row * channels + channel]! - expected)).toBeLessThan(1e-5);
    }
  }
});

test("houlsby adapts self-attention and feed-forward of every layer and trains every norm", () => {
  const backbone = testBackbone(t5);
  const { hooks, unfrozen } = adapters.attach(backbone, adapters.parse({}), seededRandom(0));
  const blocks = [...[0, 1].map((layer) => `encoder.${layer}`), ...[0, 1, 2].map((layer) => `decoder.${layer}`)];
  expect([...hooks.keys()]).toEqual(blocks.flatMap((block) => [`${block}.attention`, `${block}.feedforward`]));
  expect(unfrozen).toHaveLength(2 * 2 + 3 * 3 + 2);
});
