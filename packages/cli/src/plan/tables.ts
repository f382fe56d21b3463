import type { CostPlan, MethodPlan } from "@petl/bench";
import { formatBytes, formatCount, formatEnergy, formatNumber, formatPercent, formatSeconds } from "@petl/report";
import { cacheTables } from "./cache-tables.js";
import { planLabels } from "./labels.js";

const bytes = (value: number): string => formatBytes(value, "decimal");
const flops = (value: number): string => `${formatNumber(value / 1e12)} T`;

/** A heading, and rows of which the first names the columns. */
export interface PlanTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** What was planned, in one line. */
export function planTitle({ backbone, dropout, checkpointActivations, ...sizes }: CostPlan): string {
  const { batchSize, maxLength, targetLength } = sizes;
  const checkpoints = checkpointActivations ? ", activations checkpointed" : "";
  return `${backbone}: batch ${batchSize}, ${maxLength} source and ${targetLength} target tokens, f32, dropout ${dropout}${checkpoints}`;
}

/** The plan as tables. */
export function planTables({ methods, checkpointActivations }: CostPlan): PlanTable[] {
  const labels = planLabels(methods);
  const rows = (cells: (method: MethodPlan) => readonly string[]): string[][] =>
    methods.map((method, index) => [labels[index]!, ...cells(method)]);
  const hasLargest = methods.some(({ largestBatch }) => largestBatch !== null);
  return [
    table(`Peak tensor bytes of a training step (exact)`, [
      [
        "method",
        "trainable",
        "peak",
        "of full",
        "backbone",
        "method",
        "gradients",
        "optimizer",
        "activations",
        "inputs",
      ],
      ...rows(({ trainableParams, totalParams, peakBytes: peak, relativeToFull }) => [
        `${formatPercent(trainableParams / totalParams)} (${formatCount(trainableParams)})`,
        ...[bytes(peak.total), formatPercent(relativeToFull), bytes(peak.backbone), bytes(peak.method)],
        ...[bytes(peak.gradients), bytes(peak.optimizer), bytes(peak.activations), bytes(peak.inputs)],
      ]),
    ]),
    table("Where the peak falls", [
      [
        ...["method", "phase, site, kernel", "evaluation peak"],
        ...(checkpointActivations ? [] : ["peak if activations are checkpointed"]),
        ...(hasLargest ? ["largest batch"] : []),
      ],
      ...rows(({ peakAt, evaluationPeakBytes, checkpointedPeakBytes, largestBatch }) => [
        peakAt === null
          ? "before the step"
          : `${peakAt.phase}, ${peakAt.site || "outside the backbone"}, ${peakAt.kernel}`,
        bytes(evaluationPeakBytes),
        ...(checkpointActivations ? [] : [bytes(checkpointedPeakBytes)]),
        ...(largestBatch === null ? [] : [formatCount(largestBatch)]),
      ]),
    ]),
    table("Work of a training step", [
      ["method", "forward FLOPs", "backward FLOPs", "update FLOPs", "bytes moved", "backward through"],
      ...rows(({ forwardFlops, backwardFlops, updateFlops, bytesMoved, backwardLayers, layers }) => [
        ...[flops(forwardFlops), flops(backwardFlops), flops(updateFlops), bytes(bytesMoved)],
        `${backwardLayers} of ${layers} layers`,
      ]),
    ]),
    ...cacheTables(methods, labels),
    ...predictions(methods, rows),
  ];
}

const table = (title: string, rows: PlanTable["rows"]): PlanTable => ({ title, rows });

function predictions(
  methods: readonly MethodPlan[],
  rows: (cells: (method: MethodPlan) => readonly string[]) => readonly (readonly string[])[],
): PlanTable[] {
  const first = methods[0]?.predicted ?? [];
  if (first.length === 0) return [];
  const { precision, efficiency } = first[0]!;
  const assumed = efficiency === 1 ? "at best" : `at ${formatPercent(efficiency)} of the roofline`;
  const title = `Predicted, not measured: time and energy of a step, ${precision}, ${assumed}, at the power limit`;
  return [
    table(title, [
      ["method", ...first.map(({ gpu }) => gpu)],
      ...rows(({ predicted }) =>
        predicted.map(({ stepTimeS, stepEnergyJ, fits }) =>
          fits ? `${formatSeconds(stepTimeS)} ${formatEnergy(stepEnergyJ)}` : "does not fit",
        ),
      ),
    ]),
  ];
}
