import { testMethod } from "@petl/method-testkit";
import type { Backbone } from "@petl/spec";
import qst from "../src/index.js";

/** What shifts all of a query's scores alike is undone by softmax, unless keys are normed after it. */
const hasZeroGradient = (param: string, { sites }: Backbone): boolean =>
  param.endsWith(".attention.key.bias") && !sites.some(({ name }) => name.endsWith(".attention.keyNorm"));
const options = { startsAsIdentity: false, hasZeroGradient, kinds: ["encoder", "decoder"] } as const;

testMethod(qst, { ...options, config: { reduction: 4 } });
testMethod(qst, { ...options, config: { reduction: 2, rank: 3 } });
