export { addExamples, attention, attentionGradient } from "./attention";
export { crossEntropy, crossEntropyGradient } from "./cross-entropy";
export { adamW, add, gelu, geluGradient, relu, reluGradient } from "./elementwise";
export { gemm } from "./gemm";
export { dropout, uniform } from "./random";
export { gruCell, gruCellGradient, lstmCell, lstmCellGradient, rnnCell, rnnCellGradient } from "./recurrent-cell";
export { columnSum, gatherRows, rowSum, segmentSum, sumOfSquares, zeros } from "./reductions";
export { rmsNorm, rmsNormGradient, rmsNormInverse, rmsNormWeightGradient } from "./rms-norm";
export { softmax } from "./softmax";
