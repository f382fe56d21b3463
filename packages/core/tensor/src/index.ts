export type { Tensor, Variable } from "@tensorflow/tfjs-core";
export * as tf from "@tensorflow/tfjs-core";
export {
  type ByteCategory,
  type ByteSplit,
  liveBytes,
  overwrite,
  peakBytes,
  resetPeakBytes,
  setByteCategory,
  withByteCategory,
} from "./bytes.js";
export {
  type CpuKernels,
  cpuKernelNames,
  type Device,
  DeviceError,
  type DeviceOptions,
  type DeviceProvider,
  type GpuFacts,
  type Precision,
  precisionNames,
  refusedPrecision,
} from "./device.js";
export { hasKernel, type KernelName, runKernel, withComposedKernels } from "./kernels.js";
export { gatedGelu, gelu, relu, reluDropout } from "./ops/activations.js";
export {
  type AttentionDropout,
  type AttentionInputs,
  type AttentionShape,
  applyAttention,
  attention,
  attentionWeights,
} from "./ops/attention.js";
export { addBias } from "./ops/bias.js";
export { ignoredLabel, meanCrossEntropy, softmaxCrossEntropy } from "./ops/cross-entropy.js";
export { dropout } from "./ops/dropout.js";
export { embedding } from "./ops/embedding.js";
export { fromHost } from "./ops/from-host.js";
export { gatherRows } from "./ops/gather-rows.js";
export { geluErf } from "./ops/gelu-erf.js";
export { layerNorm } from "./ops/layer-norm.js";
export {
  type LeadingSingular,
  type LeadingSingularOptions,
  leadingSingular,
  orthonormalRows,
  rotatedRows,
} from "./ops/leading-singular.js";
export { linear } from "./ops/linear.js";
export { type LinearCrossEntropy, linearCrossEntropy, rowsOfLogits } from "./ops/linear-cross-entropy.js";
export {
  type RecurrentCellName,
  type RecurrentGradients,
  type RecurrentStep,
  recurrentCell,
  recurrentCellGradient,
  recurrentCells,
} from "./ops/recurrent-cell.js";
export { type RelativePositions, relativeBias } from "./ops/relative-bias.js";
export { rmsNorm } from "./ops/rms-norm.js";
export { rotary, rotaryTable } from "./ops/rotary.js";
export { meanSquaredError } from "./ops/squared-error.js";
export { storedWeight, widened } from "./ops/stored-weight.js";
export { swiGlu } from "./ops/swi-glu.js";
export { atPlace, currentPlace, type Phase, type Place, phases } from "./place.js";
export { type Random, type RandomKey, randomValues, seededRandom, threefry, unit } from "./random.js";
export { recomputed } from "./recompute.js";
export { columnSum, sumOfSquares } from "./reductions.js";
export { type ValueAndGradients, valueAndGradients } from "./reverse-pass.js";
export { markStored, type Storage, storageOf, unknownStorage } from "./storage.js";
export {
  differentiable,
  recordedOperations,
  taped,
  untaped,
} from "./tape.js";
export { tidy } from "./tidy.js";
