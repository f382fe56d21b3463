import type { ReportModel } from "../model/model.js";
import { formatEnergy, formatPercent, formatSeconds } from "../text/format.js";
import { bytes, formatFlops, rowText } from "./figures.js";
import type { Forecast, ForecastMethod } from "./forecast.js";

type Quoted = ReportModel["planned"][number];

/** A forecast of a report's group as a table of that report, in the order of the group's variants. */
export function quotedForecast({ variants, trained }: ReportModel["groups"][number], { methods }: Forecast): Quoted {
  const gpus = methods[0]?.predicted.map(({ gpu }) => gpu) ?? [];
  return {
    title: `${trained.backbone}: a full training step`,
    conditions: `Batch ${trained.settings.batchSize} of ${rowText({ methods }, trained.settings)}, none of them padding; runs see shorter batches. GPU times are the least possible at the data sheet's figures, energies those times at the power limit.`,
    headers: [
      ...["Method", "Peak tensor memory", "Of all weights trained", "Forward FLOPs", "Backward FLOPs"],
      ...gpus.map((gpu) => `${gpu}, predicted`),
    ],
    rows: methods.map((method, index) => [
      ...[variants[index]!.label, bytes(method.peakBytes.total), formatPercent(method.relativeToFull)],
      ...[formatFlops(method.forwardFlops), formatFlops(method.backwardFlops)],
      ...predictions(method),
    ]),
  };
}

const predictions = ({ predicted }: ForecastMethod): string[] =>
  predicted.map(({ fits, stepTimeS, stepEnergyJ }) =>
    fits ? `${formatSeconds(stepTimeS)}, ${formatEnergy(stepEnergyJ)}` : "does not fit",
  );
