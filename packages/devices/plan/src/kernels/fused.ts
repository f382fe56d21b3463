import type { KernelName } from "@petl/tensor";
import { type WeightFormat, weightLayout } from "@petl/weight-formats";
import { unary } from "./elementwise.js";
import { bytesOf, float, type PlanKernel, sizeOf } from "./kernel.js";
import { recurrentCell, recurrentCellGradient } from "./recurrent-cell.js";

/**
 * Multiplications and additions of attention's matrix products: `products` of (batch, heads, queries, keys, size), each
 * 2 operations. Causal attention counts in full, although a device may leave out keys that no query of a block sees.
 */
const attentionProducts = (products: number, softmax: number): PlanKernel => {
  return ({ query, key, value, bias }, { heads, biasGradient }) => {
    const [batch, queries, width] = query!.shape as [number, number, number];
    const scores = batch * (heads as number) * queries * key!.shape[1]!;
    const flops = scores * ((2 * products * width) / (heads as number) + softmax);
    const gradients = [query!, key!, value!].map(({ shape }) => float(shape));
    const dBias = biasGradient === true ? [float([heads as number, queries, key!.shape[1]!])] : [];
    const isBackward = products > 2;
    return {
      outputs: isBackward ? [...gradients, ...dBias] : [float(query!.shape)],
      flops: flops + (isBackward && biasGradient === true ? scores : 0) + (bias === undefined ? 0 : scores),
      isMatrixProduct: true,
    };
  };
};

const attentionWeights: PlanKernel = ({ query, key, bias }, { heads }) => {
  const [batch, queries, width] = query!.shape as [number, number, number];
  const output = float([batch, heads as number, queries, key!.shape[1]!]);
  const perScore = (2 * width) / (heads as number) + 5 + (bias === undefined ? 0 : 1);
  return { outputs: [output], flops: perScore * sizeOf(output.shape), isMatrixProduct: true };
};

const applyAttention: PlanKernel = ({ weights, value }, { keyValueHeads }) => {
  const [batch, heads, queries] = weights!.shape as [number, number, number];
  const size = value!.shape[2]! / (keyValueHeads as number);
  const flops = 2 * sizeOf(weights!.shape) * size;
  return { outputs: [float([batch, queries, heads * size])], flops, isMatrixProduct: true };
};

const linear: PlanKernel = ({ x, weight, bias }, { transposed }) => {
  const [stored, across] = weight!.shape as [number, number];
  const [depth, columns] = transposed === true ? [stored, across] : [across, stored];
  const output = float([...x!.shape.slice(0, -1), columns]);
  const flops = (2 * depth + (bias === undefined ? 0 : 1)) * sizeOf(output.shape);
  return { outputs: [output], flops, isMatrixProduct: true };
};

const addProduct: PlanKernel = ({ sum, a, b }) => ({
  outputs: [],
  flops: 2 * sizeOf(a!.shape) * b!.shape[1]!,
  bytesMoved: bytesOf(a!) + bytesOf(b!) + 2 * bytesOf(sum!),
  isMatrixProduct: true,
});

const storeWeight: PlanKernel = (_, attributes) => {
  const { format, shape } = attributes as { format: WeightFormat; shape: number[] };
  const storage = { format, bytes: weightLayout(format, sizeOf(shape)).bytes };
  return { outputs: [{ ...float(shape), storage }], flops: 0 };
};

/** Operations per value read, with one output such as a row of the last axis. */
const lastAxis = (shape: readonly number[]): number => shape[shape.length - 1] ?? 1;

/**
 * The project's fused kernels (see `KernelName` in @petl/tensor), the same set as the CPU device's. Operations per value:
 * RMS norm 4, backward 9; layer norm 8, backward 16; cross-entropy 5, backward 7; GELU 9, backward 15, with erf 4, backward 9;
 * SwiGLU 5, backward 12; rotary embedding 3; AdamW 15; random numbers and masks none.
 */
export const fusedKernels: Readonly<Partial<Record<KernelName, PlanKernel>>> = {
  PetlAttention: attentionProducts(2, 5), // scores and context; softmax
  PetlAttentionGradient: attentionProducts(5, 9), // scores again, dValue, dWeights, dQuery, dKey; softmax and its gradient
  PetlAttentionWeights: attentionWeights,
  PetlApplyAttention: applyAttention,
  PetlLinear: linear,
  PetlAddProduct: addProduct,
  PetlRmsNorm: unary(4),
  PetlRmsNormGradient: unary(9),
  PetlRmsNormWeightGradient: ({ x }) => ({ outputs: [float([lastAxis(x!.shape)])], flops: 5 * sizeOf(x!.shape) }),
  PetlLayerNorm: unary(8),
  PetlLayerNormGradient: unary(16),
  PetlLayerNormWeightGradient: ({ x }) => ({ outputs: [float([lastAxis(x!.shape)])], flops: 9 * sizeOf(x!.shape) }),
  PetlRecurrentCell: recurrentCell,
  PetlRecurrentCellGradient: recurrentCellGradient,
  PetlRelu: unary(1),
  PetlReluGradient: unary(1, "dy"),
  PetlGelu: unary(9),
  PetlGeluGradient: unary(15, "dy"),
  PetlGeluErf: unary(4),
  PetlGeluErfGradient: unary(9, "dy"),
  PetlSwiGlu: unary(5, "gate"),
  PetlSwiGluGradient: ({ gate, up }) => ({
    outputs: [float(gate!.shape), float(up!.shape)],
    flops: 12 * sizeOf(gate!.shape),
  }),
  PetlRotary: unary(3),
  PetlCrossEntropy: ({ logits }) => ({
    outputs: [float(logits!.shape.slice(0, -1))],
    flops: 5 * sizeOf(logits!.shape),
  }),
  PetlCrossEntropyGradient: unary(7, "logits"),
  PetlEmbeddingGradient: ({ dy }, { size }) => ({
    outputs: [float([size as number, lastAxis(dy!.shape)])],
    flops: sizeOf(dy!.shape),
  }),
  PetlColumnSum: ({ x }) => ({ outputs: [float([lastAxis(x!.shape)])], flops: sizeOf(x!.shape) }),
  PetlOrthonormalRows: ({ x }) => ({
    outputs: [float(x!.shape)],
    flops: 4 * sizeOf(x!.shape) * x!.shape[0]!, // each pair of rows twice: a product and a subtraction
  }),
  PetlRotateRows: ({ x }, { sweeps }) => ({
    outputs: [float(x!.shape)],
    flops: 6 * sizeOf(x!.shape) * (x!.shape[0]! - 1) * (sweeps as number), // each pair: three products and a rotation
  }),
  PetlSumOfSquares: ({ x }) => ({ outputs: [float([])], flops: 2 * sizeOf(x!.shape) }),
  PetlDropout: unary(1),
  PetlRandom: (_, { shape }) => ({ outputs: [float(shape as number[])], flops: 0 }),
  PetlFromHost: (_, { shape }) => ({ outputs: [float(shape as number[])], flops: 0 }),
  PetlStoreWeight: storeWeight,
  PetlWidenWeight: ({ weight }) => ({ outputs: [float(weight!.shape)], flops: sizeOf(weight!.shape) }),
  PetlAdamW: ({ param }) => ({
    outputs: [],
    flops: 15 * sizeOf(param!.shape),
    bytesMoved: 7 * bytesOf(param!), // reads 4 tensors, writes 3
    bytesWritten: 3 * bytesOf(param!),
  }),
};
