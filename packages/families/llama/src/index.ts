export { huggingFaceConfig, type LlamaConfig, type ModelType } from "./config.js";
export { default } from "./family.js";
export { geometries } from "./geometries.js";
export { huggingFaceName } from "./hugging-face-names.js";
export { initialise } from "./initialise.js";
export { Llama } from "./llama.js";
export { RowError } from "./pad.js";
export { inverseFrequencies, type Rope } from "./rope.js";
export { llamaShapes } from "./sites.js";
