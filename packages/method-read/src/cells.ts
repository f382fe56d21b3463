import { type Tensor, tf } from "@petl/tensor";

/** What a cell makes of a layer's input for each token: `rows` = batch * tokens. */
export interface CellStep {
  /** Input part of the gates: (rows, gates * hidden). */
  readonly fromInput: Tensor;
  /** State part of the gates: (rows, gates * hidden). */
  readonly fromState: Tensor;
  /** The state before: (rows, state width). */
  readonly state: Tensor;
}

interface CellGradients {
  readonly fromInput: Tensor;
  readonly fromState: Tensor;
  /** Gradient that reaches the state before directly, not through `fromState`. */
  readonly state: Tensor | null;
}

/** A recurrent cell in PyTorch's gate order, as a pure function of its gates and the state before, with its gradient. */
export interface Cell {
  readonly gates: number;
  /** Width of the carried state in units of hidden: 2 where a memory is carried beside the output. */
  readonly stateParts: 1 | 2;
  forward(step: CellStep): Tensor;
  backward(step: CellStep, dState: Tensor): CellGradients;
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
  forward(step) {
    const { update, candidate } = gruParts(step);
    return tf.add(candidate, tf.mul(update, tf.sub(step.state, candidate)));
  },
  backward(step, dState) {
    const { reset, update, candidate, stateCandidate } = gruParts(step);
    const dUpdate = tf.mul(tf.mul(dState, tf.sub(step.state, candidate)), sigmoidSlope(update));
    const dCandidate = tf.mul(tf.mul(dState, tf.sub(1, update)), tanhSlope(candidate));
    const dReset = tf.mul(tf.mul(dCandidate, stateCandidate), sigmoidSlope(reset));
    return {
      fromInput: join([dReset, dUpdate, dCandidate]),
      fromState: join([dReset, dUpdate, tf.mul(dCandidate, reset)]),
      state: tf.mul(dState, update),
    };
  },
};

function gruParts({ fromInput, fromState }: CellStep) {
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
  backward(step, dState) {
    const dGates = tf.mul(dState, tanhSlope(rnn.forward(step)));
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
  forward(step) {
    const { output, memory } = lstmParts(step);
    return join([tf.mul(output, tf.tanh(memory)), memory]);
  },
  backward(step, dState) {
    const { input, forget, candidate, output, memory, memoryBefore } = lstmParts(step);
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

function lstmParts({ fromInput, fromState, state }: CellStep) {
  const [gateInput, gateForget, gateCandidate, gateOutput] = split(tf.add(fromInput, fromState), 4);
  const [, memoryBefore] = split(state, 2);
  const [input, forget, output] = [tf.sigmoid(gateInput!), tf.sigmoid(gateForget!), tf.sigmoid(gateOutput!)];
  const candidate = tf.tanh(gateCandidate!);
  const memory = tf.add(tf.mul(forget, memoryBefore!), tf.mul(input, candidate));
  return { input, forget, candidate, output, memory, memoryBefore: memoryBefore! };
}

export const cells = { gru, rnn, lstm } as const;
export type CellName = keyof typeof cells;
