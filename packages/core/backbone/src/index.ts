export { lengthsOf, type RowLengths, readAxes, type SiteAxis } from "./contract/axes.js";
export {
  defineFamily,
  type Family,
  type KeepWeight,
  type Scoring,
  type StorableTensors,
  type StoredTensors,
} from "./contract/family.js";
export { constantValue, givenValue, type InitialValue, normalValue } from "./contract/initial-value.js";
export type { BackboneModel, HeadTask, OutputLayer, Prefilled } from "./contract/model.js";
export { layerWeights, site, tensorOf } from "./contract/parts.js";
export { type Inputs, longest, maskOf, padded, positionsOf, type Row } from "./contract/rows.js";
export { findNotFinite, type NotFinite, NotFiniteError } from "./finite.js";
export { type GreedyOptions, greedyDecode, type Origin } from "./greedy.js";
export { BackboneError } from "./load/backbone-error.js";
export { type BackbonePackage, importBackbonePackage } from "./load/backbone-package.js";
export { type BackboneFile, type BackboneFiles, backboneFiles } from "./load/files.js";
export { ggufDtypes, type OtherFormat } from "./load/gguf-formats.js";
export { type BackboneSource, type LoadedBackbone, type LoadOptions, loadBackbone } from "./load/load.js";
export { asParameter, float32Parameter } from "./load/parameter.js";
export {
  isGgufDtype,
  type QuantisedDtype,
  type QuantiseOptions,
  quantisedDtypes,
  quantiseWeights,
  refuseDtype,
} from "./load/quantise.js";
export { safetensorsDtypes } from "./load/quantise-safetensors.js";
export type { QuantisedWeights } from "./load/quantised-weights.js";
export { namesOf, parseReference, type Reference, randomPackage } from "./load/references.js";
export { type Checkpoint, saveCheckpoint, writeLayoutFiles } from "./load/save.js";
export { float32Storage, type WeightKeeper, type WeightStorage, weightKeeper } from "./load/weight-storage.js";
export { loadWeights } from "./load/weights.js";
export { linearSite, rmsNormSite } from "./pass/layer-sites.js";
export { type Intervention, Pass, type PassBackbone, passBeside } from "./pass/pass.js";
export { disposeRecordings, type Recordings } from "./pass/recordings.js";
export { addResidual, addSublayer, release } from "./pass/residual.js";
export { type Seen, SeenSums, seenUpTo } from "./pass/seen.js";
export { TokenCache } from "./pass/token-cache.js";
