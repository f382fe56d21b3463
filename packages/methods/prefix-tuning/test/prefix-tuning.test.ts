import { testMethod } from "@petl/method-testkit";
import prefixTuning from "../src/index.js";

testMethod(prefixTuning, { config: { initialDeviation: 0.5 }, startsAsIdentity: false });
testMethod(prefixTuning, { config: { tokens: 3, reparameterization: "mlp", hidden: 7 }, startsAsIdentity: false });
testMethod(prefixTuning, {
  config: { tokens: 5, stacks: "decoder", sublayers: "attention", initialDeviation: 0.5 },
  startsAsIdentity: false,
  kinds: ["encoder-decoder", "decoder"],
});
