export { type Corpus, frequencies, pieces, readCorpus } from "./corpus.js";
export {
  disposePretrainBatch,
  type LossWeights,
  makePretrainBatch,
  type PretrainBatch,
  spanLoss,
  spanLosses,
} from "./objective.js";
export { type PretrainPoint, type PretrainSettings, pretrain } from "./pretrain.js";
export { type CorruptedText, corruptSpans, type SpanSettings } from "./span-corruption.js";
export { exportCheckpoint, restoreState, saveState } from "./state.js";
