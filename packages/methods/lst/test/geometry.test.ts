import cpu from "@petl/device-cpu";
import t5 from "@petl/family-t5";
import { testBackbone } from "@petl/method-testkit";
import { AttachmentError } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import lst from "../src/index.js";

beforeAll(async () => {
  await cpu.open();
});

test("every fourth layer gets no side layer, beginning with the first", () => {
  const { side } = lst.attach(testBackbone(t5), lst.parse({}), seededRandom(0));
  expect(side!.enters).toBe("lmHead");
  expect(side!.reads).toEqual(["encoder.embedding", "encoder.1", "decoder.embedding", "decoder.1", "decoder.2"]);
});

test("a reduction that does not divide a width is refused by name", () => {
  expect(() => lst.attach(testBackbone(t5), lst.parse({ reduction: 3 }), seededRandom(0))).toThrow(AttachmentError);
  expect(() => lst.attach(testBackbone(t5), lst.parse({ reduction: 16 }), seededRandom(0))).toThrow(
    /headWidth 8, got 16/,
  );
});
