import { testMethod } from "@petl/method-testkit";
import read from "../src/index.js";

testMethod(read);
testMethod(read, { config: { cell: "lstm", hidden: 6 } });
testMethod(read, { config: { cell: "rnn", aggregate: "last" } });
testMethod(read, { config: { joiner: false, layers: 2 } });
testMethod(read, { config: { recurrent: false } });
testMethod(read, { config: { zeroInit: false, scale: "none" }, startsAsIdentity: false });
