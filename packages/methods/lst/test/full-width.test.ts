import type { BackboneModel } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { largest, testBackbone, testBatch } from "@petl/method-testkit";
import { seededRandom, type Tensor, tf, type Variable } from "@petl/tensor";
import { TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import lst from "../src/index.js";

const { testConfig } = t5;
const random = seededRandom(5);

beforeAll(async () => {
  await cpu.open();
});

/** A backbone each of whose norms has its own gains, so that a side network's gains tell which channels it kept, in which order. */
function withTellingNorms(backbone: BackboneModel): BackboneModel {
  for (const [name, weight] of Object.entries(backbone.params)) {
    if (!/norm\.weight$/i.test(name)) continue;
    const [channels] = weight.shape as [number];
    const gains = Float32Array.from({ length: channels }, (_, channel) => 0.5 + channel / channels);
    (weight as Variable).assign(tf.tensor(gains));
  }
  return backbone;
}

const keptOf = (gains: Float32Array, channels: number): number[] =>
  [...gains].map((gain) => Math.round((gain - 0.5) * channels));
/** Rows of the identity: (kept, channels). */
const selection = (kept: readonly number[], channels: number): Tensor =>
  tf.tensor2d(kept.map((channel) => Array.from({ length: channels }, (_, column) => Number(column === channel))));

function assign(model: TunedModel, name: string, value: Tensor): void {
  (model.params[name] as Variable).assign(value);
}

async function logitsOf(model: TunedModel): Promise<Float32Array> {
  return (await model.logits(testBatch(model.backbone).inputs, false, random).data()) as Float32Array;
}

const nothing = { ...lst, attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }) };

const classes = { kind: "classes", outputs: 3 } as const;

describe.each<readonly [string, () => BackboneModel, object]>([
  ["T5 v1.0", () => testBackbone(t5), { maxDistance: testConfig.relativeMaxDistance }],
  [
    "T5 v1.1",
    () => testBackbone(t5, null, { ...testConfig, activation: "gated-gelu", tiedHead: false }),
    { maxDistance: testConfig.relativeMaxDistance },
  ],
  ["BERT with a head", () => testBackbone(bert, classes), {}],
  ["Qwen3", () => testBackbone(llama), {}],
  ["Llama with a head", () => testBackbone(llama, classes, { ...llama.testConfig, queryKeyNorm: false }), {}],
])("cut down by nothing and with closed gates, on %s", (_, build, own) => {
  test("the side network is its backbone with channels in another order, and gives the same logits", async () => {
    const settings = lst.parse({ reduction: 1, skipEvery: 0, ...own });
    const model = TunedModel.attach(withTellingNorms(build()), lst, settings, random);
    const { reads } = model.attachment.side!;
    const stacks = model.backbone.kind.split("-");
    for (const stack of stacks) {
      const gains = model.params[`side.${stack}.0.attention.norm.weight`]!;
      const channels = gains.size;
      const kept = keptOf((await gains.data()) as Float32Array, channels);
      expect([...kept].sort((a, b) => a - b)).toEqual([...Array(channels).keys()]);
      const entry = reads.find((name) => name.startsWith(`${stack}.`))!;
      assign(model, `side.${entry}.down.weight`, selection(kept, channels));
      assign(model, `side.${entry}.down.bias`, tf.zeros([channels]));
      if (stack === stacks.at(-1)) assign(model, "side.up.weight", tf.transpose(selection(kept, channels)));
    }
    assign(model, "side.up.bias", tf.zerosLike(model.params["side.up.bias"]!));
    for (const name of Object.keys(model.params)) if (name.endsWith(".gate")) assign(model, name, tf.tensor([-100]));
    const plain = TunedModel.attach(withTellingNorms(build()), nothing, settings, random);
    const [side, expected] = [await logitsOf(model), await logitsOf(plain)];
    const difference = largest(side.map((value, index) => value - expected[index]!));
    expect(difference / largest(expected)).toBeLessThan(1e-5);
  });
});

test("with open gates and no say of its own layers, the side network hands on what the last block says", async () => {
  const settings = lst.parse({ reduction: 1, skipEvery: 0 });
  const model = TunedModel.attach(withTellingNorms(testBackbone(t5)), lst, settings, random);
  const channels = testConfig.modelWidth;
  const kept = keptOf((await model.params["side.decoder.norm.weight"]!.data()) as Float32Array, channels);
  for (const [name, value] of Object.entries(model.params)) {
    if (name.endsWith(".gate")) assign(model, name, tf.tensor([100]));
    if (name.endsWith(".output.weight") || name.endsWith(".bias")) assign(model, name, tf.zerosLike(value));
  }
  assign(model, "side.decoder.2.down.weight", selection(kept, channels));
  assign(model, "side.up.weight", tf.transpose(selection(kept, channels)));
  const plain = TunedModel.attach(withTellingNorms(testBackbone(t5)), nothing, settings, random);
  const [side, expected] = [await logitsOf(model), await logitsOf(plain)];
  expect(largest(side.map((value, index) => value - expected[index]!)) / largest(expected)).toBeLessThan(1e-5);
});

test("pruning keeps the channels whose weights are largest, in every tensor that has them", async () => {
  const backbone = withTellingNorms(testBackbone(t5));
  const loud = [3, 8, 17, 30]; // 32 channels, reduction 8
  const factor = tf.tensor(Float32Array.from({ length: 32 }, (_, channel) => (loud.includes(channel) ? 10 : 1)));
  for (const [name, weight] of Object.entries(backbone.params)) {
    if (/^decoder\.\d\.(attention|feedforward)\.(query|key|value|input)\.weight$/.test(name))
      (weight as Variable).assign(tf.mul(weight, factor));
  }
  const { params } = lst.attach(backbone, lst.parse({}), random);
  const kept = keptOf((await params["side.decoder.norm.weight"]!.data()) as Float32Array, testConfig.modelWidth);
  expect([...kept].sort((a, b) => a - b)).toEqual(loud);
  const columns = tf.gather(backbone.params["decoder.1.feedforward.input.weight"]!, kept, 1); // (48, 4)
  const strength = (weight: Tensor): Promise<Float32Array> => tf.sum(tf.abs(weight), 1).data() as Promise<Float32Array>;
  const rows = await strength(params["side.decoder.1.feedforward.input.weight"]!);
  const candidates = await strength(columns);
  for (const row of rows) expect(Math.min(...candidates.map((value) => Math.abs(value - row)))).toBeLessThan(1e-4);
});
