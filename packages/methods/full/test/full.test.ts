import { testMethod } from "@petl/method-testkit";
import full from "../src/index.js";

// a key bias adds the same to every score of a query, which softmax takes out again
testMethod(full, { hasZeroGradient: (param) => param.endsWith(".key.bias") });
