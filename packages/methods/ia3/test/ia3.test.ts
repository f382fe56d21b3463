import { testMethod } from "@petl/method-testkit";
import ia3 from "../src/index.js";

testMethod(ia3);
testMethod(ia3, { config: { targets: ["query", "activation", "output"] } });
