export { geometries, huggingFaceConfig, type T5Config } from "./config.js";
export { default } from "./family.js";
export { huggingFaceNames } from "./hugging-face-names.js";
export { initialise } from "./initialise.js";
export type { T5Tensors } from "./pad.js";
export { t5Shapes } from "./sites.js";
export { T5 } from "./t5.js";
