export { BackboneError } from "./backbone-error.js";
export { type BackboneFiles, backboneFiles } from "./backbone-files.js";
export { type BackbonePackage, importBackbonePackage } from "./backbone-package.js";
export { geometries, huggingFaceConfig, type T5Config } from "./config.js";
export { findNotFinite, type NotFinite, NotFiniteError } from "./finite.js";
export { greedyDecode } from "./greedy.js";
export { huggingFaceNames } from "./hugging-face-names.js";
export { asParameter, initialise } from "./initialise.js";
export {
  type BackboneFile,
  type BackboneSource,
  backboneNames,
  type LoadedBackbone,
  type LoadOptions,
  loadBackbone,
  presetDirectory,
  randomPackage,
} from "./load.js";
export { type Intervention, Pass } from "./pass.js";
export { disposeRecordings, type Recordings } from "./recordings.js";
export { type BackboneRow, type PaddedRows, padRows } from "./rows.js";
export { saveCheckpoint, writeLayoutFiles } from "./save.js";
export { type SiteAxis, siteAxes } from "./site-axes.js";
export { lastBlock, t5Shapes } from "./sites.js";
export { type LayerCache, T5 } from "./t5.js";
export { loadWeights } from "./weights.js";
