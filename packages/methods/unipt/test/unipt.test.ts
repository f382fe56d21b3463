import { testMethod } from "@petl/method-testkit";
import unipt from "../src/index.js";

testMethod(unipt);
testMethod(unipt, { config: { reduction: 4, zeroInit: false }, startsAsIdentity: false });
testMethod(unipt, { config: { joiner: false } });
