export { addExamples, attention, attentionGradient } from "./attention";
export { crossEntropy, crossEntropyGradient } from "./cross-entropy";
export { adamW, add, gelu, geluGradient, relu, reluGradient } from "./elementwise";
export { gemm } from "./gemm";
export { packColumns } from "./gemm-pack";
export { dropout, uniform } from "./random";
export { columnSum, gatherRows, rowSum, segmentSum, sumOfSquares, zeros } from "./reductions";
export { rmsNorm, rmsNormGradient, rmsNormInverse, rmsNormWeightGradient } from "./rms-norm";
export { softmax } from "./softmax";
