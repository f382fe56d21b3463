import { testMethod } from "@petl/method-testkit";
import promptTuning from "../src/index.js";

testMethod(promptTuning, { config: { tokens: 5 }, startsAsIdentity: false });
