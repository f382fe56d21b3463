import {
  columnSum,
  differentiable,
  type RecurrentCellName,
  type RecurrentStep,
  recurrentCell,
  recurrentCellGradient,
  recurrentCells,
  rmsNorm,
  type Tensor,
  tf,
} from "@petl/tensor";

/** Weights of a recurrent layer; gates are stacked in the first dimension as in PyTorch. */
export interface SweepWeights {
  /** (channels): scale of the shared norm before the cell. */
  readonly norm: Tensor;
  /** (gates * hidden, channels) */
  readonly input: Tensor;
  /** (gates * hidden, width of the joiner's input), or null. */
  readonly context: Tensor | null;
  /** (gates * hidden, hidden) */
  readonly state: Tensor;
  /** (gates * hidden) */
  readonly inputBias: Tensor;
  /** (gates * hidden) */
  readonly stateBias: Tensor;
}

/**
 * Runs a cell over the layers of a backbone, with one sequence per token position: `h_i = cell([norm(phi_i) ; c_i], h_{i-1})`.
 *
 * `layers` are the recorded states phi_i, each (rows, channels) and frozen; `contexts` the joiner's c_i (rows, its width) or null.
 * Returns h_1..h_N, each (rows, hidden).
 *
 * The norm's scale is folded into the cell's input weights, so no gradient with respect to the normalised input is computed. A step
 * saves only phi_i, c_i and h_{i-1}, which exist anyway; the backward pass recomputes the gates. The first step has no previous
 * state, so it skips that matrix product.
 */
export function sweep(
  cell: RecurrentCellName,
  layers: readonly Tensor[],
  contexts: readonly (Tensor | null)[],
  weights: SweepWeights,
): Tensor[] {
  const hidden = weights.state.shape[1]!;
  const { norm, inputBias, stateBias, context: contextWeight } = weights;
  const input = tf.mul(weights.input, norm);
  let state: Tensor | null = null;
  return layers.map((layer, index) => {
    const step: StepInputs = {
      ...{ layer, context: contexts[index] ?? null, state, input, contextWeight, inputBias, stateBias },
      stateWeight: state === null ? null : weights.state,
    };
    state = cellStep(cell, step);
    return recurrentCells[cell].stateParts === 1 ? state : tf.slice(state, [0, 0], [state.shape[0]!, hidden]);
  });
}

type StepInputs = {
  layer: Tensor;
  context: Tensor | null;
  state: Tensor | null;
  input: Tensor;
  contextWeight: Tensor | null;
  /** Null if there is no previous state. */
  stateWeight: Tensor | null;
  inputBias: Tensor;
  stateBias: Tensor;
};

function cellStep(cell: RecurrentCellName, inputs: StepInputs): Tensor {
  const names = Object.keys(inputs) as (keyof StepInputs)[];
  const present = names.filter((name) => inputs[name] !== null);
  return differentiable(
    "recurrentCell",
    inputs,
    () => recurrentCell(cell, products(inputs, rmsNorm(inputs.layer))),
    () => ({
      save: present.map((name) => inputs[name]!),
      backward(dState, saved) {
        const again = Object.fromEntries(names.map((name) => [name, saved[present.indexOf(name)] ?? null]));
        return stepGradients(cell, again as StepInputs, dState);
      },
    }),
  );
}

const product = (rows: Tensor, weight: Tensor): Tensor =>
  tf.matMul(rows as tf.Tensor2D, weight as tf.Tensor2D, false, true);

/** Hidden part of a state, which may be followed by a memory. */
const hiddenOf = (state: Tensor, weight: Tensor): Tensor =>
  state.shape[1] === weight.shape[1] ? state : tf.slice(state, [0, 0], [state.shape[0]!, weight.shape[1]!]);

function products(inputs: StepInputs, normed: Tensor): RecurrentStep {
  const { context, state, input, contextWeight, stateWeight, inputBias, stateBias } = inputs;
  return {
    fromInput: product(normed, input),
    fromContext: context === null ? null : product(context, contextWeight!),
    fromState: state === null ? null : product(hiddenOf(state, stateWeight!), stateWeight!),
    ...{ inputBias, stateBias, state },
  };
}

function stepGradients(
  cell: RecurrentCellName,
  inputs: StepInputs,
  dState: Tensor,
): { [K in keyof StepInputs]?: () => Tensor } {
  const { layer, context, state, contextWeight, stateWeight } = inputs;
  const normed = rmsNorm(layer);
  const d = recurrentCellGradient(cell, products(inputs, normed), dState);
  const back = (dGates: Tensor, weight: Tensor): Tensor => tf.matMul(dGates as tf.Tensor2D, weight as tf.Tensor2D);
  const outer = (dGates: Tensor, rows: Tensor): Tensor =>
    tf.matMul(dGates as tf.Tensor2D, rows as tf.Tensor2D, true, false);
  return {
    context: () => back(d.fromInput, contextWeight!),
    state: () => stateGradient(back(d.fromState, stateWeight!), d.state, state!),
    input: () => outer(d.fromInput, normed),
    contextWeight: () => outer(d.fromInput, context!),
    stateWeight: () => outer(d.fromState, hiddenOf(state!, stateWeight!)),
    inputBias: () => columnSum(d.fromInput),
    stateBias: () => columnSum(d.fromState),
  };
}

/** Gradient through the gates, which see only the hidden part of a state, plus the direct one. */
function stateGradient(throughGates: Tensor, direct: Tensor | null, state: Tensor): Tensor {
  const width = state.shape[1]! - throughGates.shape[1]!;
  const padding: [number, number][] = [
    [0, 0],
    [0, width],
  ];
  const padded = width === 0 ? throughGates : tf.pad(throughGates as tf.Tensor2D, padding);
  return direct === null ? padded : tf.add(padded, direct);
}

/**
 * The ablation without recurrence: `h_i = tanh(W_i [norm(phi_i) ; c_i] + b_i)`, with separate weights per layer.
 */
export function independent(
  layers: readonly Tensor[],
  contexts: readonly (Tensor | null)[],
  norm: Tensor,
  weights: readonly { readonly input: Tensor; readonly context: Tensor | null; readonly bias: Tensor }[],
): Tensor[] {
  return layers.map((layer, index) => {
    const { input, context, bias } = weights[index]!;
    const plain = tf.add(product(rmsNorm(layer, norm), input), bias);
    const joined = context === null ? plain : tf.add(plain, product(contexts[index]!, context));
    return tf.tanh(joined);
  });
}
