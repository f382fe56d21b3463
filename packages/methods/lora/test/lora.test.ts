import { testMethod } from "@petl/method-testkit";
import lora from "../src/index.js";

testMethod(lora);
testMethod(lora, { config: { rank: 2, dropout: 0.1 } });
testMethod(lora, { config: { rank: 2, rankStabilized: true } });
testMethod(lora, {
  config: { rank: 2, biases: "all" },
  hasZeroGradient: (param, { kind }) => kind !== "decoder" && param.endsWith(".key.bias"),
});
