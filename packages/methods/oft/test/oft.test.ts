import bert from "@petl/family-bert";
import { attachForTest, openTestDevice, testMethod } from "@petl/method-testkit";
import { AttachmentError } from "@petl/spec";
import { expect, test } from "vitest";
import oft from "../src/index.js";

testMethod(oft);
testMethod(oft, { config: { blockSize: 4 } });
testMethod(oft, {
  config: { blockSize: 8, targets: ["query", "output", "input"], sublayers: ["attention", "feedforward"] },
});

test("a block size that does not divide an input is refused with the widths in one line", async () => {
  await openTestDevice();
  const settings = { blockSize: 5, targets: ["query", "output"], sublayers: ["attention", "feedforward"] };
  const attach = () => attachForTest({ family: bert, head: null }, oft, oft.parse(settings));
  expect(attach).toThrow(AttachmentError);
  expect(attach).toThrow(/^oft: expected a block size that divides the targets' inputs \(\d+, \d+ channels\), got 5$/);
});
