export { crossEntropy, crossEntropyGradient } from "./cross-entropy";
export { adamW, gelu, geluGradient, relu, reluGradient } from "./elementwise";
export { gemm } from "./gemm";
export { dropout, uniform } from "./random";
export { columnSum, rowSum, segmentSum, sumOfSquares } from "./reductions";
export { rmsNorm, rmsNormGradient, rmsNormInverse, rmsNormWeightGradient } from "./rms-norm";
