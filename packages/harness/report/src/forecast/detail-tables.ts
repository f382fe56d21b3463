import { formatEnergy, formatPercent, formatSeconds } from "../text/format.js";
import { cacheTables } from "./cache-tables.js";
import { assumptions, bytes, formatFlops, methodRows, trainableText } from "./figures.js";
import type { Forecast } from "./forecast.js";
import type { ForecastTable } from "./forecast-table.js";

/** Everything a forecast knows, as tables: the peak's parts, where it falls, work, the activation cache, predictions. */
export function detailTables(forecast: Forecast): ForecastTable[] {
  return [
    peakTable(forecast),
    peakPlaceTable(forecast),
    workTable(forecast),
    ...cacheTables(forecast),
    ...stepTables(forecast),
  ];
}

function peakTable(forecast: Forecast): ForecastTable {
  const parts = ["backbone", "method", "gradients", "optimizer", "activations", "inputs"] as const;
  return {
    title: "Peak tensor bytes of a training step (exact)",
    rows: [
      ["method", "trainable", "peak", "of full", ...parts],
      ...methodRows(forecast, (method) => [
        ...[trainableText(method), bytes(method.peakBytes.total), formatPercent(method.relativeToFull)],
        ...parts.map((part) => bytes(method.peakBytes[part])),
      ]),
    ],
  };
}

function peakPlaceTable(forecast: Forecast): ForecastTable {
  const { recompute } = forecast.settings;
  return {
    title: "Where the peak falls",
    rows: [
      ["method", "phase, site, kernel", "evaluation peak", ...(recompute ? [] : ["peak with --recompute"])],
      ...methodRows(forecast, ({ peakAt, evaluationPeakBytes, recomputedPeakBytes }) => [
        peakAt === null
          ? "before the step"
          : `${peakAt.phase}, ${peakAt.site || "outside the backbone"}, ${peakAt.kernel}`,
        bytes(evaluationPeakBytes),
        ...(recompute ? [] : [bytes(recomputedPeakBytes)]),
      ]),
    ],
  };
}

function workTable(forecast: Forecast): ForecastTable {
  const flops = ["forward FLOPs", "backward FLOPs", "update FLOPs"];
  return {
    title: "Work of a training step (exact)",
    rows: [
      ["method", ...flops, "forward bytes", "backward bytes", "backward through"],
      ...methodRows(forecast, ({ forwardFlops, backwardFlops, updateFlops, backwardLayers, layers, ...moved }) => [
        ...[formatFlops(forwardFlops), formatFlops(backwardFlops), formatFlops(updateFlops)],
        ...[bytes(moved.forwardBytesMoved), bytes(moved.backwardBytesMoved)],
        `${backwardLayers} of ${layers} layers`,
      ]),
    ],
  };
}

function stepTables(forecast: Forecast): ForecastTable[] {
  const first = forecast.methods[0]?.predicted ?? [];
  if (first.length === 0) return [];
  const all = forecast.methods.flatMap(({ predicted }) => predicted);
  return [
    {
      title: `Predicted, not measured: time and energy of a step, ${assumptions(all, true)}`,
      rows: [
        ["method", ...first.map(({ gpu }) => gpu)],
        ...methodRows(forecast, ({ predicted }) =>
          predicted.map(({ stepTimeS, stepEnergyJ, fits }) =>
            fits ? `${formatSeconds(stepTimeS)} ${formatEnergy(stepEnergyJ)}` : "does not fit",
          ),
        ),
      ],
    },
  ];
}
