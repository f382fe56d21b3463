import type { RunRecord } from "@petl/results";

export type CostKey =
  | "peakTensorBytes"
  | "peakEvalTensorBytes"
  | "peakHostBytes"
  | "peakDeviceBytes"
  | "trainTimeS"
  | "evalTimeS"
  | "energyJ"
  | "trainEnergyJ"
  | "netEnergyJ";

/** A cost: where a record has it, how it adds up over seeds and tasks, and how it was measured. */
export interface CostColumn {
  readonly key: CostKey;
  readonly label: string;
  readonly unit: "bytes" | "seconds" | "joules";
  /** "max" over tasks and seeds for peaks; "sum" over tasks of the mean over seeds for times and energies. */
  readonly over: "max" | "sum";
  readonly inSummary: boolean;
  readonly measured: string;
  readonly read: (record: RunRecord) => number | null;
  readonly reason: (record: RunRecord) => string | null;
}

const noReason = () => null;
const energyReason = ({ energy }: RunRecord) => energy?.reason ?? null;

/** The most important first: where a table is too wide for a terminal, the last columns move below. */
export const costColumns: readonly CostColumn[] = [
  {
    key: "peakTensorBytes",
    label: "Peak tensor memory",
    unit: "bytes",
    over: "max",
    inSummary: true,
    measured: "The most bytes that tensors held at once during training, counted exactly at every allocation.",
    read: ({ memory }) => memory?.peakTensorBytes.training?.total ?? null,
    reason: noReason,
  },
  {
    key: "peakEvalTensorBytes",
    label: "Peak tensor memory, evaluation",
    unit: "bytes",
    over: "max",
    inSummary: true,
    measured: "The same during evaluation.",
    read: ({ memory }) => memory?.peakTensorBytes.evaluation?.total ?? null,
    reason: noReason,
  },
  {
    key: "peakDeviceBytes",
    label: "Device memory",
    unit: "bytes",
    over: "max",
    inSummary: true,
    measured: "The highest memory of the device, sampled from outside the run.",
    read: ({ memory }) => memory?.device.peakBytes ?? null,
    reason: ({ memory }) => memory?.device.reason ?? null,
  },
  {
    key: "trainTimeS",
    label: "Training time",
    unit: "seconds",
    over: "sum",
    inSummary: true,
    measured: "Wall-clock time of the training steps, without evaluations and set-up.",
    read: ({ time }) => time?.trainTimeS ?? null,
    reason: noReason,
  },
  {
    key: "energyJ",
    label: "Energy",
    unit: "joules",
    over: "sum",
    inSummary: true,
    measured: "Energy of the device over the whole run: training and evaluation, idle power included.",
    read: ({ energy }) => energy?.grossJ ?? null,
    reason: energyReason,
  },
  {
    key: "trainEnergyJ",
    label: "Energy, training",
    unit: "joules",
    over: "sum",
    inSummary: false,
    measured: "Energy of the device during training alone, idle power included.",
    read: ({ energy }) => energy?.training?.grossJ ?? null,
    reason: energyReason,
  },
  {
    key: "netEnergyJ",
    label: "Energy above idle",
    unit: "joules",
    over: "sum",
    inSummary: false,
    measured: "Energy of the whole run minus idle power, which is measured before and after it.",
    read: ({ energy }) => energy?.netJ ?? null,
    reason: energyReason,
  },
  {
    key: "evalTimeS",
    label: "Evaluation time",
    unit: "seconds",
    over: "sum",
    inSummary: true,
    measured: "Wall-clock time of all evaluations.",
    read: ({ time }) => time?.evalTimeS ?? null,
    reason: noReason,
  },
  {
    key: "peakHostBytes",
    label: "Peak host memory",
    unit: "bytes",
    over: "max",
    inSummary: true,
    measured: "The highest resident memory of the run's process, including the runtime.",
    read: ({ memory }) => memory?.peakHostBytes ?? null,
    reason: ({ memory }) => memory?.peakHostBytesReason ?? null,
  },
];
