import { testMethod } from "@petl/method-testkit";
import { expect, test } from "vitest";
import pissa from "../src/index.js";

testMethod(pissa, { config: { rank: 2 } }); // fewer singular vectors to find than by default
testMethod(pissa, { config: { rank: 3, alpha: 6, dropout: 0.1 } });

test.each([0, -4])("alpha %d, of which there is no root, is refused", (alpha) => {
  expect(() => pissa.parse({ alpha })).toThrow(`pissa.alpha: expected a number above 0, got ${alpha}`);
});
