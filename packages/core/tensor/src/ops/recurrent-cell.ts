import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, kernelOr, runKernel } from "../kernels.js";

/** What a recurrent cell makes a new state of, after its products; gates are stacked in the last dimension as in PyTorch. */
export interface RecurrentStep {
  /** Input part of the gates: (rows, gates * hidden). */
  readonly fromInput: Tensor;
  /** A second input's part, of the same shape, or null. */
  readonly fromContext: Tensor | null;
  /** State part of the gates, of the same shape; null at the first step. */
  readonly fromState: Tensor | null;
  /** (gates * hidden) */
  readonly inputBias: Tensor;
  /** (gates * hidden) */
  readonly stateBias: Tensor;
  /** The state before: (rows, state parts * hidden); null at the first step, for zeros. */
  readonly state: Tensor | null;
}

/** Gradients of a step; `state` is what reaches the state before directly, not through `fromState`: null where nothing does. */
export interface RecurrentGradients {
  /** Of the input's and the context's part: (rows, gates * hidden). */
  readonly fromInput: Tensor;
  readonly fromState: Tensor;
  readonly state: Tensor | null;
}

/** A cell as a pure function of its gates and the state before. */
interface Cell {
  readonly gates: number;
  /** Width of the carried state in units of hidden: 2 where a memory is carried beside the output. */
  readonly stateParts: 1 | 2;
  forward(gates: Gates): Tensor;
  backward(gates: Gates, dState: Tensor): RecurrentGradients;
}

/** Both parts of the gates, biases and context added. */
interface Gates {
  readonly fromInput: Tensor;
  readonly fromState: Tensor;
  readonly state: Tensor;
}

const split = (x: Tensor, parts: number): Tensor[] => tf.split(x, parts, -1);
const join = (parts: Tensor[]): Tensor => tf.concat(parts, -1);
const sigmoidSlope = (y: Tensor): Tensor => tf.mul(y, tf.sub(1, y));
const tanhSlope = (y: Tensor): Tensor => tf.sub(1, tf.square(y));

/**
 * GRU: `r = s(i_r + h_r)`, `z = s(i_z + h_z)`, `n = tanh(i_n + r h_n)`, `h' = (1 - z) n + z h`.
 * Cho et al. 2014, https://arxiv.org/abs/1406.1078, in PyTorch's form with two biases.
 */
const gru: Cell = {
  gates: 3,
  stateParts: 1,
  forward(gates) {
    const { update, candidate } = gruParts(gates);
    return tf.add(candidate, tf.mul(update, tf.sub(gates.state, candidate)));
  },
  backward(gates, dState) {
    const { reset, update, candidate, stateCandidate } = gruParts(gates);
    const dUpdate = tf.mul(tf.mul(dState, tf.sub(gates.state, candidate)), sigmoidSlope(update));
    const dCandidate = tf.mul(tf.mul(dState, tf.sub(1, update)), tanhSlope(candidate));
    const dReset = tf.mul(tf.mul(dCandidate, stateCandidate), sigmoidSlope(reset));
    return {
      fromInput: join([dReset, dUpdate, dCandidate]),
      fromState: join([dReset, dUpdate, tf.mul(dCandidate, reset)]),
      state: tf.mul(dState, update),
    };
  },
};

function gruParts({ fromInput, fromState }: Gates) {
  const [inputReset, inputUpdate, inputCandidate] = split(fromInput, 3);
  const [stateReset, stateUpdate, stateCandidate] = split(fromState, 3);
  const reset = tf.sigmoid(tf.add(inputReset!, stateReset!));
  const update = tf.sigmoid(tf.add(inputUpdate!, stateUpdate!));
  const candidate = tf.tanh(tf.add(inputCandidate!, tf.mul(reset, stateCandidate!)));
  return { reset, update, candidate, stateCandidate: stateCandidate! };
}

/** Elman network: `h' = tanh(i + h)`. */
const rnn: Cell = {
  gates: 1,
  stateParts: 1,
  forward: ({ fromInput, fromState }) => tf.tanh(tf.add(fromInput, fromState)),
  backward(gates, dState) {
    const dGates = tf.mul(dState, tanhSlope(rnn.forward(gates)));
    return { fromInput: dGates, fromState: dGates, state: null };
  },
};

/**
 * LSTM: `i, f, o = s(.)`, `g = tanh(.)`, `c' = f c + i g`, `h' = o tanh(c')`; the carried state is `[h ; c]`.
 * Hochreiter and Schmidhuber 1997, gate order i, f, g, o as in PyTorch.
 */
const lstm: Cell = {
  gates: 4,
  stateParts: 2,
  forward(gates) {
    const { output, memory } = lstmParts(gates);
    return join([tf.mul(output, tf.tanh(memory)), memory]);
  },
  backward(gates, dState) {
    const { input, forget, candidate, output, memory, memoryBefore } = lstmParts(gates);
    const [dHidden, dMemoryDirect] = split(dState, 2);
    const saturated = tf.tanh(memory);
    const dMemory = tf.add(dMemoryDirect!, tf.mul(tf.mul(dHidden!, output), tanhSlope(saturated)));
    const dGates = join([
      tf.mul(tf.mul(dMemory, candidate), sigmoidSlope(input)),
      tf.mul(tf.mul(dMemory, memoryBefore), sigmoidSlope(forget)),
      tf.mul(tf.mul(dMemory, input), tanhSlope(candidate)),
      tf.mul(tf.mul(dHidden!, saturated), sigmoidSlope(output)),
    ]);
    return { fromInput: dGates, fromState: dGates, state: join([tf.zerosLike(dHidden!), tf.mul(dMemory, forget)]) };
  },
};

function lstmParts({ fromInput, fromState, state }: Gates) {
  const [gateInput, gateForget, gateCandidate, gateOutput] = split(tf.add(fromInput, fromState), 4);
  const [, memoryBefore] = split(state, 2);
  const [input, forget, output] = [tf.sigmoid(gateInput!), tf.sigmoid(gateForget!), tf.sigmoid(gateOutput!)];
  const candidate = tf.tanh(gateCandidate!);
  const memory = tf.add(tf.mul(forget, memoryBefore!), tf.mul(input, candidate));
  return { input, forget, candidate, output, memory, memoryBefore: memoryBefore! };
}

const cells = { gru, rnn, lstm } as const;

export type RecurrentCellName = keyof typeof cells;

/** Gates of each cell, and the width of its carried state in units of hidden (2 where a memory stands behind the output). */
export const recurrentCells: Readonly<Record<RecurrentCellName, Pick<Cell, "gates" | "stateParts">>> = cells;

/**
 * The state after one step of a recurrent cell: (rows, state parts * hidden). Its products are the caller's.
 * Not differentiable: for an operation whose gradient is written with `recurrentCellGradient`.
 */
export function recurrentCell(cell: RecurrentCellName, step: RecurrentStep): Tensor {
  return kernelOr("PetlRecurrentCell", { ...step }, { cell }, () => cells[cell].forward(gatesOf(cell, step)));
}

/** Gradients of `recurrentCell` from that of the state it returned; the gates are computed again from the same `step`. */
export function recurrentCellGradient(
  cell: RecurrentCellName,
  step: RecurrentStep,
  dState: Tensor,
): RecurrentGradients {
  if (!hasKernel("PetlRecurrentCellGradient")) return cells[cell].backward(gatesOf(cell, step), dState);
  const outputs = runKernel("PetlRecurrentCellGradient", { dy: dState, ...step }, { cell });
  if (cell === "gru") return { fromInput: outputs[0]!, fromState: outputs[1]!, state: outputs[2]! };
  return { fromInput: outputs[0]!, fromState: outputs[0]!, state: outputs[1] ?? null };
}

function gatesOf(cell: RecurrentCellName, step: RecurrentStep): Gates {
  const { fromInput, fromContext, inputBias, stateBias } = step;
  const rows = fromInput.shape[0]!;
  const plain = tf.add(fromInput, inputBias);
  const width = (cells[cell].stateParts * inputBias.shape[0]!) / cells[cell].gates;
  return {
    fromInput: fromContext === null ? plain : tf.add(plain, fromContext),
    fromState:
      step.fromState === null
        ? tf.broadcastTo(tf.reshape(stateBias, [1, -1]), fromInput.shape)
        : tf.add(step.fromState, stateBias),
    state: step.state ?? tf.zeros([rows, width]),
  };
}
