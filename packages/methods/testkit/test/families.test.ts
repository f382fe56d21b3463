import { testFamilies, testFamily } from "../src/index.js";

for (const family of testFamilies) testFamily(family);
