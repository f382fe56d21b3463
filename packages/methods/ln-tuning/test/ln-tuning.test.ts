import { testMethod } from "@petl/method-testkit";
import lnTuning from "../src/index.js";

testMethod(lnTuning);
testMethod(lnTuning, { config: { biases: true } });
