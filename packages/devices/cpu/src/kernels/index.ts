import { tf } from "@petl/tensor";
import { applyAttention, attention, attentionGradient, attentionWeights } from "./attention.js";
import type { CpuKernel } from "./context.js";
import { crossEntropy, crossEntropyGradient } from "./cross-entropy.js";
import {
  adamW,
  gelu,
  geluErf,
  geluErfGradient,
  geluGradient,
  relu,
  reluGradient,
  swiGlu,
  swiGluGradient,
} from "./elementwise.js";
import { layerNorm, layerNormGradient, layerNormWeightGradient } from "./layer-norm.js";
import { addProduct, batchMatMul, linear } from "./mat-mul.js";
import { dropout, random } from "./random.js";
import { recurrentCell, recurrentCellGradient } from "./recurrent-cell.js";
import { columnSum, embeddingGradient, reduction, sumOfSquares, unsortedSegmentSum } from "./reductions.js";
import { rmsNorm, rmsNormGradient, rmsNormWeightGradient } from "./rms-norm.js";
import { rotary } from "./rotary.js";
import { orthonormalRows, rotateRows } from "./rows.js";
import { softmax } from "./softmax.js";
import { add, fromHost, gather, identity } from "./stock.js";
import { storeWeight, widenWeight } from "./stored-weights.js";

/** Every kernel this device registers, by tfjs name. Call it after tfjs has registered its own wasm kernels. */
export function cpuKernels(): Readonly<Record<string, CpuKernel>> {
  const stock = (name: string): tf.KernelFunc => tf.getKernel(name, "wasm").kernelFunc;
  return {
    [tf.BatchMatMul]: batchMatMul,
    [tf.Sum]: reduction(stock(tf.Sum), false),
    [tf.Mean]: reduction(stock(tf.Mean), true),
    [tf.Softmax]: softmax,
    [tf.UnsortedSegmentSum]: unsortedSegmentSum,
    [tf.Identity]: identity,
    [tf.Add]: add(stock(tf.Add)),
    [tf.GatherV2]: gather,
    PetlAttention: attention,
    PetlAttentionGradient: attentionGradient,
    PetlAttentionWeights: attentionWeights,
    PetlApplyAttention: applyAttention,
    PetlLinear: linear,
    PetlAddProduct: addProduct,
    PetlRmsNorm: rmsNorm,
    PetlRmsNormGradient: rmsNormGradient,
    PetlRmsNormWeightGradient: rmsNormWeightGradient,
    PetlLayerNorm: layerNorm,
    PetlLayerNormGradient: layerNormGradient,
    PetlLayerNormWeightGradient: layerNormWeightGradient,
    PetlRelu: relu,
    PetlReluGradient: reluGradient,
    PetlGelu: gelu,
    PetlGeluGradient: geluGradient,
    PetlGeluErf: geluErf,
    PetlGeluErfGradient: geluErfGradient,
    PetlSwiGlu: swiGlu,
    PetlSwiGluGradient: swiGluGradient,
    PetlRotary: rotary,
    PetlRecurrentCell: recurrentCell,
    PetlRecurrentCellGradient: recurrentCellGradient,
    PetlCrossEntropy: crossEntropy,
    PetlCrossEntropyGradient: crossEntropyGradient,
    PetlEmbeddingGradient: embeddingGradient,
    PetlColumnSum: columnSum,
    PetlSumOfSquares: sumOfSquares,
    PetlDropout: dropout,
    PetlOrthonormalRows: orthonormalRows,
    PetlRotateRows: rotateRows,
    PetlRandom: random,
    PetlFromHost: fromHost,
    PetlAdamW: adamW,
    PetlStoreWeight: storeWeight,
    PetlWidenWeight: widenWeight,
  };
}
