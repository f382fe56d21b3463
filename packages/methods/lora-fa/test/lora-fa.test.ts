import { testMethod } from "@petl/method-testkit";
import { expect, test } from "vitest";
import loraFa from "../src/index.js";

testMethod(loraFa, { config: { rank: 2, dropout: 0.1 } });
testMethod(loraFa, { config: { rank: 4, preconditioned: true } });

test("a scale of zero cannot be divided by", () => {
  expect(() => loraFa.parse({ alpha: 0, preconditioned: true })).toThrow(
    "lora-fa.alpha: expected another number than 0",
  );
  expect(loraFa.parse({ alpha: 0 }).alpha).toBe(0);
});
