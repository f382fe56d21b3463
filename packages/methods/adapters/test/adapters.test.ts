import { testMethod } from "@petl/method-testkit";
import adapters from "../src/index.js";

testMethod(adapters, { startsAsIdentity: false });
testMethod(adapters, { config: { zeroInit: true, bottleneck: 3 } });
testMethod(adapters, {
  config: { placement: "one-a-layer", bottleneck: 4, activation: "relu", norms: false, initialDeviation: 0.1 },
  startsAsIdentity: false,
});
