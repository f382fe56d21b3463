import { testMethod } from "@petl/method-testkit";
import ownBias from "../src/index.js";

testMethod(ownBias);
