import { testMethod } from "@petl/method-testkit";
import lst from "../src/index.js";

testMethod(lst, { startsAsIdentity: false, kinds: ["encoder-decoder"] });
testMethod(lst, {
  config: { reduction: 4, skipEvery: 0, initialisation: "random", dropout: 0.1, temperature: 1 },
  startsAsIdentity: false,
  kinds: ["encoder-decoder"],
});
