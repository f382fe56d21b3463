import type { TensorSettings } from "@petl/spec";
import type { Tensor } from "@petl/tensor";

/** Tensors that an optimizer overwrites in place (tfjs variables), and their gradients, by the same names. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What is set apart for a trained tensor, by its name. */
export type SettingsOf = (name: string) => TensorSettings;

export interface Update {
  readonly params: Tensors;
  /** A tensor without a gradient is left alone. */
  readonly gradients: Tensors;
  /** 1 for the first update. */
  readonly step: number;
  readonly learningRate: number;
  /** Scalar that multiplies every gradient (see `clipScale`); null for 1. */
  readonly scale: Tensor | null;
  readonly settings?: SettingsOf;
  /** Updates of one tensor, this one included, where they are not all `step`: its moments began later. */
  updatesOf?(name: string): number;
}

/** An init/update pair: the state is plain tensors by name, which can be saved and put back. */
export interface Optimizer {
  readonly name: string;
  init(params: Tensors, settings?: SettingsOf): Tensors;
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
