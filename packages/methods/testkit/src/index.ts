export { testFamilies } from "./families.js";
export type { TestMethodOptions } from "./options.js";
export { referenceBatch } from "./reference-batch.js";
export { attachForTest, largest, openTestDevice, type Stage, testBackbone, testBatch, valuesOf } from "./stage.js";
export { testFamily } from "./test-family.js";
export { testLayout } from "./test-layout.js";
export { testMethod } from "./test-method.js";
export { type Reference, testReference } from "./test-reference.js";
