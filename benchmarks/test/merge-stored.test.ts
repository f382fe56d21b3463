import { weightKeeper } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import family, { geometries } from "@petl/family-t5";
import { seededRandom, type Tensor, tf, type Variable, widened } from "@petl/tensor";
import { TunedModel } from "@petl/trainer";
import { beforeAll, expect, test } from "vitest";
import { everyMethod } from "./every-method.js";

beforeAll(async () => {
  await cpu.open();
});

test.each(["lora-fa", "vera", "oft", "pissa"])(
  "%s merges into weights in nf4 as into the same weights in float32",
  async (name) => {
    const method = (await everyMethod()).get(name)!;
    const config = geometries["t5-tiny"]!;
    const { drawn } = weightKeeper(family, config, { dtype: "nf4", unfrozen: new Set() });
    const stored = family.initialise(config, seededRandom(0), "frozen", drawn);
    const backbone = family.build("stored", config, stored);
    const model = TunedModel.attach(backbone, method, method.parse({}), seededRandom(1));
    for (const [param, tensor] of Object.entries(model.trained))
      (tensor as Variable).assign(seededRandom(2).fork(param).normal(tensor.shape, 0, 0.1));
    const wide = Object.fromEntries(Object.entries(backbone.params).map(([param, tensor]) => [param, widened(tensor)]));
    const { merge } = model.attachment;
    const [found, expected] = [merge!(backbone.params, model.params), merge!(wide, model.params)];
    expect(Object.keys(found).length).toBeGreaterThan(0);
    for (const [weight, tensor] of Object.entries(found)) {
      expect(await tensor.data()).toEqual(await expected[weight]!.data());
      const moved = tf.max(tf.abs(tf.sub(tensor, wide[weight] as Tensor)));
      expect((await moved.data())[0]).toBeGreaterThan(1e-3);
    }
    model.dispose();
    backbone.dispose();
  },
);
