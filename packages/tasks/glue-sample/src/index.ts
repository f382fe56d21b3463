export type { SampleOptions } from "./generate.js";
export { type SampleManifest, sampleFolder, sampleNotice, writeSample } from "./write-sample.js";
