export { Bert } from "./bert.js";
export { type Architecture, type BertConfig, huggingFaceConfig } from "./config.js";
export { huggingFaceFields } from "./config-fields.js";
export { default } from "./family.js";
export { geometries } from "./geometries.js";
