import { type ByteSplit, currentPlace, type Phase, type Place, peakBytes, resetPeakBytes } from "@petl/tensor";
import { bytesOf, type Inputs, type KernelPlan } from "./kernels/kernel.js";

/** Equal calls of one kernel in one phase. */
export interface KernelCost {
  readonly phase: Phase;
  /** tfjs name. */
  readonly kernel: string;
  /** Shapes of its inputs by name, such as `x [32,128,768], weight [768,768]`. */
  readonly shapes: string;
  /** Whether matrix units can compute it. */
  readonly isMatrixProduct: boolean;
  readonly calls: number;
  /** Arithmetic operations of one call. */
  readonly flops: number;
  /** Bytes one call reads and writes; of these it writes `bytesWritten`. */
  readonly bytesMoved: number;
  readonly bytesWritten: number;
}

/** Cost of a recorded computation. */
export interface Costs {
  readonly kernels: readonly KernelCost[];
  /** Peak live bytes, split by category at that moment. */
  readonly peakBytes: ByteSplit;
  /** The kernel whose outputs raised live bytes to their peak, and its location; null if the start was the peak. */
  readonly peakAt: (Place & { readonly kernel: string }) | null;
}

/** Sums the kernels of one `recordCosts`. */
class Recorder {
  readonly #costs = new Map<string, { -readonly [K in keyof KernelCost]: KernelCost[K] }>();
  #last: Costs["peakAt"] = null;
  #peak = peakBytes().total;
  #peakAt: Costs["peakAt"] = null;

  add(kernel: string, inputs: Inputs, plan: KernelPlan): void {
    this.#notePeak();
    const place = currentPlace();
    this.#last = { ...place, kernel };
    const bytesWritten = plan.bytesWritten ?? (plan.shares === undefined ? bytesOfAll(plan.outputs) : 0);
    const bytesMoved = plan.bytesMoved ?? bytesOfAll(Object.values(inputs)) + bytesOfAll(plan.outputs);
    if (plan.flops === 0 && bytesMoved === 0) return;
    const shapes = shapesOf(inputs);
    const key = `${place.phase} ${kernel} ${shapes} ${plan.flops} ${bytesMoved}`;
    const cost = this.#costs.get(key);
    if (cost !== undefined) cost.calls += 1;
    else {
      const isMatrixProduct = plan.isMatrixProduct === true;
      const { flops } = plan;
      const { phase } = place;
      this.#costs.set(key, { phase, kernel, shapes, isMatrixProduct, calls: 1, flops, bytesMoved, bytesWritten });
    }
  }

  finish(): Costs {
    this.#notePeak();
    return { kernels: [...this.#costs.values()], peakBytes: peakBytes(), peakAt: this.#peakAt };
  }

  /** The engine counts a kernel's outputs after the kernel has returned, so a new peak belongs to the previous kernel. */
  #notePeak(): void {
    const { total } = peakBytes();
    if (total <= this.#peak) return;
    this.#peak = total;
    this.#peakAt = this.#last;
  }
}

function bytesOfAll(tensors: readonly (Parameters<typeof bytesOf>[0] | undefined)[]): number {
  return tensors.reduce((sum, tensor) => sum + (tensor == null ? 0 : bytesOf(tensor)), 0);
}

const shapesOf = (inputs: Inputs): string =>
  Object.entries(inputs)
    .flatMap(([name, tensor]) => (tensor == null ? [] : [`${name} [${tensor.shape}]`]))
    .join(", ");

let recorder: Recorder | null = null;

/** Called by every kernel of the plan device. */
export function recordKernel(kernel: string, inputs: Inputs, plan: KernelPlan): void {
  recorder?.add(kernel, inputs, plan);
}

/**
 * Runs `scope` on the plan device and returns its cost. The peak starts at the bytes that are live now.
 *
 * @throws Error if another recording is in progress
 */
export function recordCosts<Result>(scope: () => Result): { readonly result: Result; readonly costs: Costs } {
  if (recorder !== null)
    throw new Error("plan: expected no recording in progress, got a nested one; record one scope at a time");
  resetPeakBytes();
  recorder = new Recorder();
  try {
    const result = scope();
    return { result, costs: recorder.finish() };
  } finally {
    recorder = null;
  }
}
