import { testMethod } from "@petl/method-testkit";
import vera from "../src/index.js";

testMethod(vera);
testMethod(vera, { config: { rank: 12, dropout: 0.1, dInitial: 1 } });
testMethod(vera, {
  // layers of other widths take parts of the factors
  config: { rank: 12, targets: ["query", "output", "input"], sublayers: ["attention", "feedforward"] },
});
