import type { KernelCost } from "@petl/device-plan";
import type { GpuSpec } from "./gpu-specs.js";

/** What matrix products are computed from, of those that data sheets have rates for; f32x3 is three products in half precision. */
export const predictedPrecisions = ["f32", "tf32", "f16", "f32x3"] as const;
export type Precision = (typeof predictedPrecisions)[number];

/** Rates of matrix products, in operations of the one product that is asked for a second. */
const productRates: Readonly<Record<Precision, (gpu: GpuSpec) => number>> = {
  f32: ({ f32FlopsPerS }) => f32FlopsPerS,
  tf32: ({ tf32FlopsPerS }) => tf32FlopsPerS,
  f16: ({ f16FlopsPerS }) => f16FlopsPerS,
  f32x3: ({ f16FlopsPerS }) => f16FlopsPerS / 3,
};

/** What a step would cost on a GPU: predicted from data sheets, never measured. */
export interface PredictedCost {
  readonly gpu: string;
  readonly precision: Precision;
  /** Share of the roofline that is assumed to be reached. */
  readonly efficiency: number;
  readonly stepTimeS: number;
  /** Share of the step that memory, not arithmetic, holds up. */
  readonly memoryBoundShare: number;
  /** Mean power as a share of the limit; 1 makes the energy an upper bound for this time. */
  readonly powerShare: number;
  readonly stepEnergyJ: number;
  /** Whether the peak of tensor bytes is below the GPU's memory; the driver's own share is not known here. */
  readonly fits: boolean;
}

/** What a step is assumed to reach of a data sheet's peaks. */
export interface Reached {
  /** Share of the roofline. */
  readonly efficiency: number;
  /** Share of the power limit. */
  readonly powerShare: number;
}

/** All of both: the least time possible, at the power limit. */
export const atBest = (): Reached => ({ efficiency: 1, powerShare: 1 });

/**
 * Step time by roofline: each kernel takes the longer of its arithmetic and its memory traffic, at `efficiency` of both peaks.
 *
 * Williams, Waterman and Patterson 2009, https://doi.org/10.1145/1498765.1498785. Launch overhead and overlap are left out.
 */
export function predictCost(
  kernels: readonly KernelCost[],
  peakBytes: number,
  gpu: GpuSpec,
  precision: Precision,
  { efficiency, powerShare }: Reached,
): PredictedCost {
  let [stepTimeS, memoryBoundS] = [0, 0];
  for (const { calls, flops, bytesMoved, isMatrixProduct } of kernels) {
    const rate = productRates[isMatrixProduct ? precision : "f32"](gpu);
    const [arithmeticS, trafficS] = [flops / rate, bytesMoved / gpu.memoryBytesPerS];
    const timeS = (calls * Math.max(arithmeticS, trafficS)) / efficiency;
    stepTimeS += timeS;
    if (trafficS > arithmeticS) memoryBoundS += timeS;
  }
  return {
    gpu: gpu.name,
    precision,
    efficiency,
    stepTimeS,
    memoryBoundShare: stepTimeS === 0 ? 0 : memoryBoundS / stepTimeS,
    powerShare,
    stepEnergyJ: stepTimeS * gpu.powerLimitW * powerShare,
    fits: peakBytes <= gpu.memoryBytes,
  };
}
