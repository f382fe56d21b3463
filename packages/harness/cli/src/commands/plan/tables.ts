import type { CostForecast, MethodForecast } from "@petl/bench";
import { formatBytes, formatCount, formatEnergy, formatNumber, formatPercent, formatSeconds } from "@petl/report";
import { cacheTables } from "./cache-tables.js";
import { planLabels } from "./labels.js";
import type { PlanTable } from "./plan-table.js";

const bytes = (value: number): string => formatBytes(value);
const flops = (value: number): string => `${formatNumber(value / 1e12)} T`;

/** What was planned, in one line. */
export function planTitle({ backbone, dropout, recompute, ...sizes }: CostForecast): string {
  const { batchSize, maxLength, targetLength } = sizes;
  const recomputed = recompute ? ", activations recomputed" : "";
  return `${backbone}: batch ${batchSize}, ${maxLength} source and ${targetLength} target tokens, f32, dropout ${dropout}${recomputed}`;
}

/** The plan as tables. */
export function planTables({ methods, recompute }: CostForecast): PlanTable[] {
  const labels = planLabels(methods);
  const rows = (cells: (method: MethodForecast) => readonly string[]): string[][] =>
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
        ...(recompute ? [] : ["peak if activations are checkpointed"]),
        ...(hasLargest ? ["largest batch"] : []),
      ],
      ...rows(({ peakAt, evaluationPeakBytes, recomputedPeakBytes, largestBatch }) => [
        peakAt === null
          ? "before the step"
          : `${peakAt.phase}, ${peakAt.site || "outside the backbone"}, ${peakAt.kernel}`,
        bytes(evaluationPeakBytes),
        ...(recompute ? [] : [bytes(recomputedPeakBytes)]),
        ...(largestBatch === null ? [] : [formatCount(largestBatch)]),
      ]),
    ]),
    table("Work of a training step", [
      [
        "method",
        "forward FLOPs",
        "backward FLOPs",
        "update FLOPs",
        "forward bytes",
        "backward bytes",
        "backward through",
      ],
      ...rows(({ forwardFlops, backwardFlops, updateFlops, backwardLayers, layers, ...moved }) => [
        ...[flops(forwardFlops), flops(backwardFlops), flops(updateFlops)],
        ...[bytes(moved.forwardBytesMoved), bytes(moved.backwardBytesMoved)],
        `${backwardLayers} of ${layers} layers`,
      ]),
    ]),
    ...cacheTables(methods, labels),
    ...predictions(methods, rows),
  ];
}

const table = (title: string, rows: PlanTable["rows"]): PlanTable => ({ title, rows });

function predictions(
  methods: readonly MethodForecast[],
  rows: (cells: (method: MethodForecast) => readonly string[]) => readonly (readonly string[])[],
): PlanTable[] {
  const first = methods[0]?.predicted ?? [];
  if (first.length === 0) return [];
  const { precision } = first[0]!;
  const all = methods.flatMap(({ predicted }) => predicted);
  const limit = shares(all.map(({ powerShare }) => powerShare));
  const title = [
    `Predicted, not measured: time and energy of a step, ${precision}`,
    rooflineText(shares(all.map(({ efficiency }) => efficiency))),
    limit === "100 %" ? "at the power limit" : `at ${limit} of the power limit`,
  ].join(", ");
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

const rooflineText = (share: string): string => (share === "100 %" ? "at best" : `at ${share} of the roofline`);

/** One share, or the range of several. */
function shares(values: readonly number[]): string {
  const [least, most] = [formatPercent(Math.min(...values)), formatPercent(Math.max(...values))];
  return least === most ? least : `${least.replace(/ %$/, "")} to ${most}`;
}
