import { columnSum, differentiable, rmsNorm, type Tensor, tf } from "@petl/tensor";
import { type Cell, type CellName, type CellStep, cells } from "./cells.js";

/** Weights of a recurrent layer; gates are stacked in the first dimension as in PyTorch. */
export interface SweepWeights {
  /** (channels): scale of the shared norm before the cell. */
  readonly norm: Tensor;
  /** (gates * hidden, channels) */
  readonly input: Tensor;
  /** (gates * hidden, hidden): for what the joiner adds to the input, or null. */
  readonly context: Tensor | null;
  /** (gates * hidden, hidden) */
  readonly state: Tensor;
  /** (gates * hidden) */
  readonly inputBias: Tensor;
  /** (gates * hidden) */
  readonly stateBias: Tensor;
}

/**
 * Runs a cell over the layers of a backbone, each token position a sequence of its own: `h_i = cell([norm(phi_i) ; c_i], h_{i-1})`.
 *
 * `layers` are the recorded states phi_i, each (rows, channels) and frozen; `contexts` the joiner's c_i (rows, hidden) or null.
 * Returns h_1..h_N, each (rows, hidden).
 *
 * The norm's scale is folded into the cell's input weights, so no gradient with respect to the normed input is computed, and
 * a step saves only phi_i, c_i and h_{i-1}, which exist anyway: gates are computed again backward.
 */
export function sweep(
  name: CellName,
  layers: readonly Tensor[],
  contexts: readonly (Tensor | null)[],
  weights: SweepWeights,
): Tensor[] {
  const cell: Cell = cells[name];
  const hidden = weights.state.shape[1]!;
  const folded = { ...weights, input: tf.mul(weights.input, weights.norm) };
  let state: Tensor = tf.zeros([layers[0]!.shape[0]!, cell.stateParts * hidden]);
  return layers.map((layer, index) => {
    state = cellStep(cell, layer, contexts[index] ?? null, state, folded);
    return cell.stateParts === 1 ? state : tf.slice(state, [0, 0], [state.shape[0]!, hidden]);
  });
}

type StepInputs = {
  layer: Tensor;
  context: Tensor | null;
  state: Tensor;
  input: Tensor;
  contextWeight: Tensor | null;
  stateWeight: Tensor;
  inputBias: Tensor;
  stateBias: Tensor;
};

function cellStep(
  cell: Cell,
  layer: Tensor,
  context: Tensor | null,
  state: Tensor,
  { input, context: contextWeight, state: stateWeight, inputBias, stateBias }: Omit<SweepWeights, "norm">,
): Tensor {
  const inputs: StepInputs = { layer, context, state, input, contextWeight, stateWeight, inputBias, stateBias };
  const present = (Object.keys(inputs) as (keyof StepInputs)[]).filter((key) => inputs[key] !== null);
  return differentiable(
    "recurrentCell",
    inputs,
    () => cell.forward(gates(inputs)),
    () => ({
      save: present.map((key) => inputs[key]!),
      backward(dState, saved) {
        const again = {
          context: null,
          contextWeight: null,
          ...Object.fromEntries(present.map((key, i) => [key, saved[i]!])),
        };
        return stepGradients(cell, again as StepInputs, dState);
      },
    }),
  );
}

const product = (rows: Tensor, weight: Tensor): Tensor =>
  tf.matMul(rows as tf.Tensor2D, weight as tf.Tensor2D, false, true);

/** Hidden part of a state that may carry a memory behind it. */
const hiddenOf = (state: Tensor, weight: Tensor): Tensor =>
  state.shape[1] === weight.shape[1] ? state : tf.slice(state, [0, 0], [state.shape[0]!, weight.shape[1]!]);

function gates({
  layer,
  context,
  state,
  input,
  contextWeight,
  stateWeight,
  inputBias,
  stateBias,
}: StepInputs): CellStep {
  const plain = tf.add(product(rmsNorm(layer), input), inputBias);
  const fromInput = context === null ? plain : tf.add(plain, product(context, contextWeight!));
  const fromState = tf.add(product(hiddenOf(state, stateWeight), stateWeight), stateBias);
  return { fromInput, fromState, state };
}

function stepGradients(cell: Cell, inputs: StepInputs, dState: Tensor): { [K in keyof StepInputs]?: () => Tensor } {
  const { layer, context, state, contextWeight, stateWeight } = inputs;
  const d = cell.backward(gates(inputs), dState);
  const back = (dGates: Tensor, weight: Tensor): Tensor => tf.matMul(dGates as tf.Tensor2D, weight as tf.Tensor2D);
  const outer = (dGates: Tensor, rows: Tensor): Tensor =>
    tf.matMul(dGates as tf.Tensor2D, rows as tf.Tensor2D, true, false);
  const hidden = hiddenOf(state, stateWeight);
  return {
    context: () => back(d.fromInput, contextWeight!),
    state() {
      const through = back(d.fromState, stateWeight);
      const width = state.shape[1]! - through.shape[1]!;
      const padded =
        width === 0
          ? through
          : tf.pad(through as tf.Tensor2D, [
              [0, 0],
              [0, width],
            ]); // no gate reads the memory
      return d.state === null ? padded : tf.add(padded, d.state);
    },
    input: () => outer(d.fromInput, rmsNorm(layer)),
    contextWeight: () => outer(d.fromInput, context!),
    stateWeight: () => outer(d.fromState, hidden),
    inputBias: () => columnSum(d.fromInput),
    stateBias: () => columnSum(d.fromState),
  };
}

/**
 * The ablation without recurrence: `h_i = tanh(W_i [norm(phi_i) ; c_i] + b_i)`, weights of its own for each layer.
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
