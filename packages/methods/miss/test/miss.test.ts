import { testMethod } from "@petl/method-testkit";
import miss from "../src/index.js";

testMethod(miss, { config: { rank: 4 } });
testMethod(miss, { config: { rank: 5, dropout: 0.1 } }); // the last shard is filled up
