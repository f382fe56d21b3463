import { tf } from "@petl/tensor";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { Failures } from "../dawn/failures.js";
import { adamW } from "./adamw.js";
import { attention, attentionGradient } from "./attention.js";
import { type Attributes, type GpuKernel, type Inputs, KernelContext } from "./context.js";
import { crossEntropy, crossEntropyGradient } from "./cross-entropy.js";
import {
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
import { batchMatMul, linear } from "./mat-mul.js";
import type { ProductPath } from "./product-path.js";
import { dropout, random } from "./random.js";
import { recurrentCell, recurrentCellGradient } from "./recurrent-cell.js";
import { rmsNorm, rmsNormGradient, rmsNormWeightGradient } from "./rms-norm.js";
import { rotary } from "./rotary.js";
import { embeddingGradient, unsortedSegmentSum } from "./segment-sum.js";
import { addN } from "./stock.js";
import { gather, storeWeight, widenWeight } from "./stored-weights.js";
import { columnSum, sumOfSquares } from "./sums.js";

/** Every kernel of our own, by tfjs name. Call it after tfjs has registered its own. */
const gpuKernels = (): Readonly<Record<string, GpuKernel>> => ({
  [tf.AddN]: addN(tf.getKernel(tf.AddN, "webgpu").kernelFunc),
  [tf.BatchMatMul]: batchMatMul(tf.getKernel(tf.BatchMatMul, "webgpu").kernelFunc),
  [tf.UnsortedSegmentSum]: unsortedSegmentSum,
  [tf.GatherV2]: gather(tf.getKernel(tf.GatherV2, "webgpu").kernelFunc),
  PetlLinear: linear,
  PetlAttention: attention,
  PetlAttentionGradient: attentionGradient,
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
  PetlRandom: random,
  PetlAdamW: adamW,
  PetlStoreWeight: storeWeight,
  PetlWidenWeight: widenWeight,
});

/** Replaces tfjs's kernels of the same names by this package's; returns a function that undoes it. */
export function registerKernels(
  backend: WebGPUBackend,
  failures: Failures,
  products: ProductPath,
): { readonly names: readonly string[]; readonly unregister: () => void } {
  const kernels = gpuKernels();
  const context = new KernelContext(backend, failures, products);
  const before = new Map(Object.keys(kernels).map((name) => [name, tf.getKernel(name, "webgpu") ?? null]));
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (before.get(kernelName)) tf.unregisterKernel(kernelName, "webgpu");
    tf.registerKernel({
      kernelName,
      backendName: "webgpu",
      kernelFunc: ({ inputs, attrs }) => kernel(context, inputs as Inputs, (attrs ?? {}) as Attributes),
    });
  }
  return {
    names: Object.keys(kernels),
    unregister() {
      for (const [kernelName, config] of before) {
        tf.unregisterKernel(kernelName, "webgpu");
        if (config !== null) tf.registerKernel(config);
      }
    },
  };
}
