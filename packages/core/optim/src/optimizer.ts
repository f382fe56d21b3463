import type { Tensor } from "@petl/tensor";

/** Tensors that an optimizer overwrites in place (tfjs variables), and their gradients, by the same names. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What one update may set apart for one tensor. */
export interface TensorSettings {
  /** Multiplies the learning rate; default 1. */
  readonly learningRateScale?: number;
  /** Replaces the optimizer's weight decay. */
  readonly weightDecay?: number;
}

export interface Update {
  readonly params: Tensors;
  /** A tensor without a gradient is left alone. */
  readonly gradients: Tensors;
  /** 1 for the first update. */
  readonly step: number;
  readonly learningRate: number;
  /** Scalar that multiplies every gradient (see `clipScale`); null for 1. */
  readonly scale: Tensor | null;
  settings?(name: string): TensorSettings;
}

/** An init/update pair: the state is plain tensors by name, which can be saved and put back. */
export interface Optimizer {
  readonly name: string;
  init(params: Tensors): Tensors;
  /** Overwrites `params` and `state`; reads no value back, so it runs on every device. */
  update(state: Tensors, update: Update): void;
}

/** The value of a state or parameter the caller promises is there. @throws Error naming it otherwise */
export function required(tensors: Tensors, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor === undefined)
    throw new Error(`optimizer: expected a tensor named ${name}; was init called on the same params?`);
  return tensor;
}
