export { type Corpus, pieces, readCorpus, unigramEntropy } from "./corpus.js";
export { disposePretrainBatch, makePretrainBatch, type PretrainBatch, spanLoss } from "./objective.js";
export { type PretrainPoint, type PretrainSettings, pretrain } from "./pretrain.js";
export { type CorruptedText, corruptSpans, type SpanSettings } from "./span-corruption.js";
export { exportCheckpoint, restoreState, saveState } from "./state.js";
