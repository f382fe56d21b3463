export type { Tensor, Variable } from "@tensorflow/tfjs-core";
export * as tf from "@tensorflow/tfjs-core";
export {
  type ByteCategory,
  type ByteSplit,
  byteCategories,
  liveBytes,
  peakBytes,
  resetPeakBytes,
  setByteCategory,
  withByteCategory,
} from "./bytes.js";
export { type Device, DeviceError, type DeviceOptions, type DeviceProvider } from "./device.js";
export { hasKernel, type KernelName, runKernel, withComposedKernels } from "./kernels.js";
export { gelu, relu } from "./ops/activations.js";
export {
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
export { linear } from "./ops/linear.js";
export {
  type RecurrentCellName,
  type RecurrentGradients,
  type RecurrentStep,
  recurrentCell,
  recurrentCellGradient,
  recurrentCells,
} from "./ops/recurrent-cell.js";
export { rmsNorm } from "./ops/rms-norm.js";
export { atPlace, currentPlace, type Phase, type Place, phases } from "./place.js";
export { type Random, type RandomKey, randomValues, seededRandom, threefry, unit } from "./random.js";
export { columnSum, sumOfSquares } from "./reductions.js";
export {
  differentiable,
  needsGradient,
  recordedOperations,
  taped,
  untaped,
  type ValueAndGradients,
  valueAndGradients,
} from "./tape.js";
export { tidy } from "./tidy.js";
