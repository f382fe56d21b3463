import { type CpuKernel, type Inputs, type KernelContext, rowsOf } from "./context.js";

/** Gates of each cell, and parts of its carried state. */
const cells = {
  gru: { gates: 3, stateParts: 1 },
  rnn: { gates: 1, stateParts: 1 },
  lstm: { gates: 4, stateParts: 2 },
} as const;

const inputNames = ["fromInput", "fromContext", "fromState", "inputBias", "stateBias", "state"] as const;
const picosecondsPerGate = 2500;

/** Rows and widths of a step, and the common first slots of every kernel. */
function stepOf(context: KernelContext, inputs: Inputs, cell: keyof typeof cells) {
  const { gates, stateParts } = cells[cell];
  const { rows, channels } = rowsOf(inputs.fromInput!);
  const hidden = channels / gates;
  const slots = [...inputNames.map((name) => context.address(inputs[name])), hidden];
  return { rows, channels, state: stateParts * hidden, slots };
}

export const recurrentCell: CpuKernel = (context, inputs, attributes) => {
  const cell = attributes.cell as keyof typeof cells;
  const { rows, channels, state, slots } = stepOf(context, inputs, cell);
  const output = context.output([rows, state]);
  context.runner.run(`${cell}Cell`, rows, picosecondsPerGate * channels, [...slots, context.address(output)]);
  return output;
};

/** Gradients of the gates' parts (one tensor, two for the GRU, whose parts differ) and of the state directly (none for the RNN). */
export const recurrentCellGradient: CpuKernel = (context, inputs, attributes) => {
  const cell = attributes.cell as keyof typeof cells;
  const { rows, channels, state, slots } = stepOf(context, inputs, cell);
  const parts = cell === "gru" ? 2 : 1;
  const outputs = Array.from({ length: parts }, () => context.output([rows, channels]));
  if (cell !== "rnn") outputs.push(context.output([rows, state]));
  const own = [inputs.dy, ...outputs].map((tensor) => context.address(tensor));
  context.runner.run(`${cell}CellGradient`, rows, 2 * picosecondsPerGate * channels, [...slots, ...own]);
  return outputs;
};
