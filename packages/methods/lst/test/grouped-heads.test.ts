import cpu from "@petl/device-cpu";
import llama from "@petl/family-llama";
import { testBackbone } from "@petl/method-testkit";
import { seededRandom, type Tensor, tf, type Variable } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import lst from "../src/index.js";

const { heads, keyValueHeads, headWidth } = llama.testConfig;

beforeAll(async () => {
  await cpu.open();
});

/** A decoder whose attention tells by its values which of a head's channels a copy kept: a tensor's rows or columns hold their index. */
function tellingParams() {
  const backbone = testBackbone(llama);
  for (const [name, weight] of Object.entries(backbone.params)) {
    const set = (value: Tensor): void => (weight as Variable).assign(tf.mul(value, tf.onesLike(weight)));
    const size = weight.shape.at(-1)!;
    if (/attention\.(query|key|value)\.bias$|(query|key)Norm\.weight$/.test(name)) set(tf.range(0, size));
    if (name.endsWith("attention.output.weight")) set(tf.sub(tf.range(0, size), 12)); // magnitudes fall, then rise
  }
  const { params } = lst.attach(backbone, lst.parse({ reduction: 2 }), seededRandom(0));
  return (name: string): number[] => [...params[`side.decoder.1.attention.${name}`]!.dataSync()];
}

const inEachHead = (channels: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, head) => channels.map((channel) => head * headWidth + channel)).flat();

test("heads that are turned by position keep every second pair of channels, which have the angles of so narrow a head", () => {
  const told = tellingParams();
  const pairs = [0, 2, 4, 5, 7, 9]; // of 5 pairs (i, i + 5)
  expect(told("query.bias")).toEqual(inEachHead(pairs, heads));
  expect(told("key.bias")).toEqual(inEachHead(pairs, keyValueHeads));
  expect(told("queryNorm.weight")).toEqual(pairs);
  expect(told("keyNorm.weight")).toEqual(pairs);
});

test("values keep the same channels as all the heads that they serve", () => {
  const told = tellingParams();
  const width = 6;
  const channel = (index: number): number => index % headWidth;
  const ofValues = told("value.bias").map(channel);
  const mixed = told("output.weight").slice(0, heads * width); // one row
  const ofHeads = mixed.map((told) => channel(told + 12));
  for (let head = 0; head < heads; head++) {
    const serving = Math.floor((head * keyValueHeads) / heads);
    expect(ofHeads.slice(head * width, (head + 1) * width)).toEqual(
      ofValues.slice(serving * width, (serving + 1) * width),
    );
  }
  expect(new Set(ofValues.slice(0, width)).size).toBe(width);
  expect(ofValues.slice(0, width)).not.toEqual(ofValues.slice(width)); // each head of values chose for itself
});
