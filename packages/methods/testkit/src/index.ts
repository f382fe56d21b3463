export { testFamilies } from "./families.js";
export { attachForTest, largest, openTestDevice, type Stage, testBackbone, testBatch, valuesOf } from "./stage.js";
export { testFamily } from "./test-family.js";
export { testLayout } from "./test-layout.js";
export { type TestMethodOptions, testMethod } from "./test-method.js";
export { type Reference, testReference } from "./test-reference.js";
