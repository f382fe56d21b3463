import { testMethod } from "@petl/method-testkit";
import full from "../src/index.js";

// a key bias adds the same to every score of a query, which softmax takes out again; rotary positions turn it by the key's position
testMethod(full, { hasZeroGradient: (param, { kind }) => kind !== "decoder" && param.endsWith(".key.bias") });
