import { testMethod } from "@petl/method-testkit";
import prefixTuning from "../src/index.js";

testMethod(prefixTuning, { config: { initialDeviation: 0.5 }, startsAsIdentity: false });
testMethod(prefixTuning, { config: { tokens: 3, reparameterization: "mlp", hidden: 7 }, startsAsIdentity: false });
testMethod(prefixTuning, {
  config: { tokens: 2, stacks: "decoder", sublayers: "attention" },
  startsAsIdentity: false,
  kinds: ["encoder-decoder", "decoder"],
});
