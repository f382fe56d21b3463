import type { Tensor } from "@petl/tensor";

type Tensors = Readonly<Record<string, Tensor>>;

/** How the optimizer treats one trained tensor. */
export interface TensorSettings {
  /** Multiplies the learning rate; default 1. */
  readonly learningRateScale?: number;
  /** Replaces the optimizer's weight decay. */
  readonly weightDecay?: number;
  /** Absent: the optimizer sees the gradient as it is. */
  readonly projection?: Projection;
}

/**
 * Another form of a tensor's gradient, in which the optimizer keeps its moments and decides its move.
 *
 * Tensor operations only, no value is read back, so that an update runs, is planned and resumes as any other.
 */
export interface Projection {
  /** Shape of the projected gradient, and so of each moment. */
  readonly shape: readonly number[];
  /** Shapes of what it keeps between updates beside the moments, by name: zeros before the first update, saved with the moments. */
  readonly state?: Readonly<Record<string, readonly number[]>>;
  /**
   * A gradient, clipped, -> its projection. `update` is 1 in the tensor's first update; there, and whenever it is due, the projection
   * writes its state by `overwrite`.
   */
  project(gradient: Tensor, state: Tensors, update: number): Tensor;
  /** A move in the projected shape -> the tensor's own shape. Absent: they are the same. */
  back?(move: Tensor, state: Tensors): Tensor;
}
