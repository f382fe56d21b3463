import { testMethod } from "@petl/method-testkit";
import dora from "../src/index.js";

testMethod(dora);
testMethod(dora, { config: { rank: 2, alpha: 3, dropout: 0.1, targets: ["key", "output"] } });
