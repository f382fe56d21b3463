import { testMethod } from "@petl/method-testkit";
import sherl from "../src/index.js";

testMethod(sherl, { startsAsIdentity: false });
testMethod(sherl, { config: { reduction: 2, zeroInit: true } });
