import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import { openTestDevice, testBackbone } from "@petl/method-testkit";
import type { Backbone } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import qst from "../src/index.js";

beforeAll(async () => {
  await openTestDevice();
});

const attached = (backbone: Backbone, settings = {}) =>
  qst.attach(backbone, qst.parse({ reduction: 4, ...settings }), seededRandom(0));

test("it reads every block and enters what comes after the closing norm", () => {
  const decoder = attached(testBackbone(llama)).side!;
  expect([decoder.reads, decoder.enters]).toEqual([
    ["decoder.embedding", "decoder.0", "decoder.1", "decoder.2"],
    "lmHead",
  ]);
  const head = { kind: "classes", outputs: 3 } as const;
  expect(attached(testBackbone(llama, head)).side!.enters).toBe("score");
  expect(attached(testBackbone(bert, head)).side!.enters).toBe("pooler");
});

test("a reduction that does not divide a width is refused by name", () => {
  expect(() => attached(testBackbone(llama), { reduction: 5 })).toThrow(
    "qst: expected a reduction that divides channels 32, got 5",
  );
});
