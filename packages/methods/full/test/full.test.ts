import { testMethod } from "@petl/method-testkit";
import full from "../src/index.js";

testMethod(full);
