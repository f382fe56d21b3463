import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { attachForTest, openTestDevice, testBackbone } from "@petl/method-testkit";
import { type Backbone, backwardDepth, gradientStart } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import sherl from "../src/index.js";

beforeAll(async () => {
  await openTestDevice();
});

const attached = (backbone: Backbone, settings = {}) => sherl.attach(backbone, sherl.parse(settings), seededRandom(0));

test.each([
  ["an encoder", { family: bert, head: { kind: "classes", outputs: 3 } }, "encoder.embedding.norm", "encoder", 3],
  ["a decoder", { family: llama, head: null }, "decoder.embedding", "decoder", 3],
  ["an encoder-decoder", { family: t5, head: null }, "decoder.embedding", "decoder", 5],
] as const)(
  "on %s it reads all states before the last block, which alone is differentiated",
  (_, stage, entry, stack, layers) => {
    const { attachment, backbone } = attachForTest(stage, sherl, sherl.parse({}));
    expect(attachment.reads).toEqual([entry, `${stack}.0`]);
    expect([...attachment.hooks.keys()]).toEqual([`${stack}.1`]);
    expect(backwardDepth(backbone, gradientStart(backbone, attachment))).toEqual({ layers, backwardLayers: 1 });
  },
);

test("a backbone with a single block and a reduction that does not divide the width are refused by name", () => {
  const shallow = testBackbone(llama, null, { ...llama.testConfig, layers: 1 });
  expect(() => attached(shallow)).toThrow("sherl: expected at least two decoder blocks, got 1 of llama-test");
  expect(() => attached(testBackbone(t5), { reduction: 5 })).toThrow(
    "sherl: expected a reduction that divides channels 32, got 5",
  );
});
