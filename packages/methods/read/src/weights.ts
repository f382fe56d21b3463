import type { Params } from "@petl/spec";
import { type Random, recurrentCells, type Tensor, tf } from "@petl/tensor";
import type { ReadConfig } from "./config.js";
import type { SweepWeights } from "./sweep.js";

/** Tensors of the sweep over one stack; `contextWidth` is the width of the joiner's input (0 without a joiner). */
export function sweepParams(
  stack: string,
  config: ReadConfig,
  layers: number,
  channels: number,
  hidden: number,
  contextWidth: number,
  random: Random,
): Params {
  const params: Record<string, Tensor> = { [`${stack}.norm`]: tf.ones([channels]) };
  const add = (name: string, shape: number[], fanIn: number): void => {
    const bound = 1 / Math.sqrt(fanIn);
    params[`${stack}.${name}`] = random.fork(`${stack}.${name}`).uniform(shape, -bound, bound);
  };
  if (!config.recurrent) {
    for (let layer = 0; layer < layers; layer++) {
      add(`${layer}.input`, [hidden, channels], channels + contextWidth);
      if (contextWidth > 0) add(`${layer}.context`, [hidden, contextWidth], channels + contextWidth);
      add(`${layer}.bias`, [hidden], channels + contextWidth);
    }
    return params;
  }
  const rows = recurrentCells[config.cell].gates * hidden; // all start uniform in +-1/sqrt(hidden), as PyTorch's recurrent layers
  add("input", [rows, channels], hidden);
  if (contextWidth > 0) add("context", [rows, contextWidth], hidden);
  add("state", [rows, hidden], hidden);
  add("inputBias", [rows], hidden);
  add("stateBias", [rows], hidden);
  return params;
}

export function sweepWeights(stack: string, params: Params): SweepWeights {
  const of = (name: string): Tensor => params[`${stack}.${name}`]!;
  return {
    norm: of("norm"),
    input: of("input"),
    context: params[`${stack}.context`] ?? null,
    state: of("state"),
    inputBias: of("inputBias"),
    stateBias: of("stateBias"),
  };
}

export function layerWeights(stack: string, layers: number, params: Params) {
  return Array.from({ length: layers }, (_, layer) => ({
    input: params[`${stack}.${layer}.input`]!,
    context: params[`${stack}.${layer}.context`] ?? null,
    bias: params[`${stack}.${layer}.bias`]!,
  }));
}
