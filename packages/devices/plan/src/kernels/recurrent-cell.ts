import { type RecurrentCellName, recurrentCells } from "@petl/tensor";
import { type Attributes, float, type Inputs, type PlanKernel, sizeOf, type TensorInfo } from "./kernel.js";

/** Operations per gate value: biases, nonlinearities and their part of the new state; backward, all of these and their derivatives. */
const [forwardFlops, backwardFlops] = [6, 14];

/** Gates (rows, gates * hidden), and the shape of a carried state. */
function stepOf({ fromInput }: Inputs, { cell }: Attributes): { readonly gates: TensorInfo; readonly state: number[] } {
  const { gates, stateParts } = recurrentCells[cell as RecurrentCellName];
  const [rows, width] = fromInput!.shape as [number, number];
  return { gates: fromInput!, state: [rows, (stateParts * width) / gates] };
}

export const recurrentCell: PlanKernel = (inputs, attributes) => {
  const { gates, state } = stepOf(inputs, attributes);
  return { outputs: [float(state)], flops: forwardFlops * sizeOf(gates.shape) };
};

export const recurrentCellGradient: PlanKernel = (inputs, attributes) => {
  const { gates, state } = stepOf(inputs, attributes);
  const parts = attributes.cell === "gru" ? [gates, gates] : [gates];
  const direct = attributes.cell === "rnn" ? [] : [float(state)];
  return {
    outputs: [...parts.map(({ shape }) => float(shape)), ...direct],
    flops: backwardFlops * sizeOf(gates.shape),
  };
};
