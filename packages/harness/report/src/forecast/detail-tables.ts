import { formatEnergy, formatSeconds } from "../text/format.js";
import { cacheTables } from "./cache-tables.js";
import { assumptions, bytes, formatFlops, methodRows } from "./figures.js";
import type { Forecast } from "./forecast.js";
import type { ForecastTable } from "./forecast-table.js";
import { ledgerParts, memoryLedger } from "./memory-ledger.js";

/** Everything a forecast knows, as tables: the peak's parts, where it falls, work, the activation cache, predictions. */
export function detailTables(forecast: Forecast): ForecastTable[] {
  return [
    peakTable(forecast, false),
    ...(forecast.settings.recompute ? [] : [peakTable(forecast, true)]),
    peakPlaceTable(forecast),
    workTable(forecast),
    ...cacheTables(forecast),
    ...stepTables(forecast),
  ];
}

/** The memory ledger: what held the bytes of a step's peak; `recomputes`: as it would be with recompute. */
function peakTable(forecast: Forecast, recomputes: boolean): ForecastTable {
  return {
    title: `What holds the peak of a training step${recomputes ? " with --recompute" : ""} (exact)`,
    rows: [
      ["method", "peak", ...Object.values(ledgerParts)],
      ...methodRows(forecast, ({ peakBytes, recomputedPeakBytes }) => {
        const peak = recomputes ? recomputedPeakBytes : peakBytes;
        return [peak.total, ...Object.values(memoryLedger(peak))].map(bytes);
      }),
    ],
  };
}

function peakPlaceTable(forecast: Forecast): ForecastTable {
  return {
    title: "Where the peak falls",
    rows: [
      ["method", "phase, site, kernel", "evaluation peak"],
      ...methodRows(forecast, ({ peakAt, evaluationPeakBytes }) => [
        peakAt === null
          ? "before the step"
          : `${peakAt.phase}, ${peakAt.site || "outside the backbone"}, ${peakAt.kernel}`,
        bytes(evaluationPeakBytes),
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
