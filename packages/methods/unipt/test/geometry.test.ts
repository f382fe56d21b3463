import bert from "@petl/family-bert";
import t5 from "@petl/family-t5";
import { openTestDevice, testBackbone } from "@petl/method-testkit";
import type { Backbone } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import unipt from "../src/index.js";

beforeAll(async () => {
  await openTestDevice();
});

const attached = (backbone: Backbone, settings = {}) => unipt.attach(backbone, unipt.parse(settings), seededRandom(0));

test("it reads both stacks of an encoder-decoder, or the decoder alone without a joiner", () => {
  const encoder = ["encoder.embedding", "encoder.0", "encoder.1", "encoder.2"];
  const decoder = ["decoder.embedding", "decoder.0", "decoder.1", "decoder.2"];
  const { encoderLayers } = t5.testConfig;
  expect(attached(testBackbone(t5)).side!.reads).toEqual([...encoder.slice(0, encoderLayers + 1), ...decoder]);
  expect(attached(testBackbone(t5), { joiner: false }).side!.reads).toEqual(decoder);
});

test("a backbone without a readout and a reduction that does not divide the width are refused by name", () => {
  const bare = testBackbone(bert, null, { ...bert.testConfig, architecture: "roberta" });
  expect(() => attached(bare)).toThrow("unipt: expected a backbone that answers, got bert-test, which has no readout");
  expect(() => attached(testBackbone(t5), { reduction: 5 })).toThrow(
    "unipt: expected a reduction that divides channels 32, got 5",
  );
});
