export {
  attachForTest,
  largest,
  openTestDevice,
  testBackbone,
  testBatch,
  testConfig,
  valuesOf,
} from "./stage.js";
export { type LayoutReference, testLayout } from "./test-layout.js";
export { type TestMethodOptions, testMethod } from "./test-method.js";
export { type Reference, testReference } from "./test-reference.js";
