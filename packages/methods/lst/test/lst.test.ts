import { testMethod } from "@petl/method-testkit";
import type { Backbone } from "@petl/spec";
import lst from "../src/index.js";

/** What shifts all of a query's scores alike is undone by softmax, unless keys are normed after it. */
const hasZeroGradient = (param: string, { sites }: Backbone): boolean =>
  param.endsWith(".attention.key.bias") && !sites.some(({ name }) => name.endsWith(".attention.keyNorm"));

testMethod(lst, { startsAsIdentity: false, hasZeroGradient });
testMethod(lst, {
  config: { reduction: 4, skipEvery: 0, initialisation: "random", dropout: 0.1, temperature: 1 },
  startsAsIdentity: false,
  hasZeroGradient,
});
