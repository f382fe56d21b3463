import { atBest, findGeometry, forecastMethods } from "@petl/bench";
import { defaultSettings } from "@petl/trainer";
import { expect, test } from "vitest";

test("on T5-base READ needs 43 % of full tuning's operations over 20 epochs, 12 % with the activation cache, and LoRA has none", async () => {
  const { methods } = await forecastMethods({
    geometry: await findGeometry("t5-base", ".", []),
    arms: ["read", "lst", "lora"].map((method) => ({ method, config: {} })),
    settings: { ...defaultSettings, batchSize: 4 },
    epochs: 20,
    ...{ places: [], deviceMemoryBytes: null, gpus: [], precision: "f32", reached: atBest },
  });
  const [read, lst, lora] = methods;
  const tokens = 12 * 768 * 4; // bytes of a stack's states at one token
  expect(read!.cache!.bytesPerExample).toBe(tokens * (128 + 8) + 12 * 12 * 8 * 128 * 4); // and attention weights
  expect(read!.cache!.totalOfFull.without).toBeCloseTo(0.43, 2); // Nguyen et al. report 16 % of full tuning's GPU energy
  expect(read!.cache!.totalOfFull.with).toBeCloseTo(0.12, 2);
  const { stepFlops, stepShare } = read!.cache!;
  expect(stepShare).toBeCloseTo(stepFlops / (read!.forwardFlops + read!.backwardFlops + read!.updateFlops), 10);
  expect(lst!.cache!.stepShare).toBeLessThan(stepShare);
  expect([lora!.cache, lora!.cacheReason]).toEqual([
    null,
    "the backbone is differentiated from encoder.0.attention.query on",
  ]);
});
