import cpu from "@petl/device-cpu";
import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import { testBackbone } from "@petl/method-testkit";
import { AttachmentError, type Backbone } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import lst from "../src/index.js";

beforeAll(async () => {
  await cpu.open();
});

const classes = { kind: "classes", outputs: 3 } as const;
const attached = (backbone: Backbone, settings = {}) => lst.attach(backbone, lst.parse(settings), seededRandom(0));

test("every fourth layer gets no side layer, beginning with the first", () => {
  const { side } = attached(testBackbone(t5));
  expect(side!.enters).toBe("lmHead");
  expect(side!.reads).toEqual(["encoder.embedding", "encoder.1", "decoder.embedding", "decoder.1", "decoder.2"]);
});

test("on an encoder it reads what enters the first block, and enters the head", () => {
  const { side } = attached(testBackbone(bert, classes));
  expect(side!.enters).toBe("pooler");
  expect(side!.reads).toEqual(["encoder.embedding.norm", "encoder.1", "encoder.2"]);
});

test("on a decoder it closes with a norm of its own, and enters the LM head or the task's head", () => {
  const { side, params } = attached(testBackbone(llama));
  expect(side!.enters).toBe("lmHead");
  expect(side!.reads).toEqual(["decoder.embedding", "decoder.1", "decoder.2"]);
  expect(params["side.decoder.norm.weight"]!.shape).toEqual([4]);
  expect(attached(testBackbone(llama, classes)).side!.enters).toBe("score");
});

test("a reduction that does not divide a width is refused by name", () => {
  expect(() => attached(testBackbone(t5), { reduction: 3 })).toThrow(AttachmentError);
  expect(() => attached(testBackbone(t5), { reduction: 16 })).toThrow(/headWidth 8, got 16/);
  expect(() => attached(testBackbone(bert, classes), { reduction: 16 })).toThrow(/headWidth 8, got 16/);
  expect(() => attached(testBackbone(llama), { reduction: 5 })).toThrow(/lst: .*channels 32, got 5/);
});

test("a backbone that is not read out, or whose blocks cannot be copied, is refused by name", () => {
  const bare = testBackbone(bert, null, { ...bert.testConfig, architecture: "roberta" });
  expect(() => attached(bare)).toThrow("lst: expected a backbone with a readout, got bert-test without");
  const uncopied = Object.assign(Object.create(testBackbone(llama)), { narrow: undefined });
  expect(() => attached(uncopied)).toThrow(/^lst: expected a backbone whose blocks .+, got the decoder llama-test$/);
  expect(() => attached(testBackbone(llama, null, { ...llama.testConfig, layers: 1 }))).toThrow(
    "lst: skipEvery 4 leaves no decoder layer; expected 0 for so shallow a stack",
  );
});
