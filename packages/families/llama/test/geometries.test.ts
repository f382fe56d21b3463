import { loadBackbone } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import { beforeAll, expect, test } from "vitest";
import family, { geometries, type LlamaConfig } from "../src/index.js";

beforeAll(async () => {
  await cpu.open();
});

const parameters = (config: LlamaConfig): number =>
  [...family.shapes(config).values()].reduce((sum, shape) => sum + shape.reduce((size, length) => size * length, 1), 0);

/** As their cards on the hub count them. */
const publishedCounts = {
  "llama-2-7b": 6_738_415_616,
  "llama-3.1-8b": 8_030_261_248,
  "llama-3.2-1b": 1_235_814_400,
  "llama-3.2-3b": 3_212_749_824,
  "tinyllama-1.1b": 1_100_048_384,
  "smollm2-135m": 134_515_008,
  "smollm2-360m": 361_821_120,
  "smollm2-1.7b": 1_711_376_384,
  "mistral-7b": 7_248_023_552,
  "qwen2.5-0.5b": 494_032_768,
  "qwen2.5-1.5b": 1_543_714_304,
  "qwen2.5-7b": 7_615_616_512,
  "qwen3-0.6b": 596_049_920,
};

test.each(Object.entries(publishedCounts))("%s has its published %d parameters", (name, count) => {
  expect(parameters(geometries[name]!)).toBe(count);
});

test("every geometry but the tiny one has a published count and a checkpoint", () => {
  const names = Object.keys(geometries).filter((name) => name !== "llama-tiny");
  expect(names).toEqual(Object.keys(publishedCounts));
  expect(names).toEqual(Object.keys(family.published));
});

test("every geometry is what is read back of the fields it is written as", () => {
  for (const [name, config] of Object.entries({ ...geometries, test: family.testConfig }))
    expect(family.config.parse(family.configFields(config)), name).toEqual(config);
});

test("a backbone with random weights has the small tokenizer, which begins each text", async () => {
  const { model, tokenizer } = await loadBackbone("llama-tiny-random", family, { seed: 0 });
  expect(model).toMatchObject({ padId: tokenizer.padId, eosId: tokenizer.eosId });
  const { context, continuation } = tokenizer.encodeContinuation("Is it so?\nAnswer:", " yes");
  expect(context[0]).toBe(tokenizer.bosId);
  expect(tokenizer.decode([...context, ...continuation])).toBe("Is it so?\nAnswer: yes");
  model.dispose();
});
