import { formatCount, formatSeconds } from "../text/format.js";
import { assumptions, methodRows } from "./figures.js";
import type { Forecast, ForecastView, TrainingLength } from "./forecast.js";
import type { ForecastTable } from "./forecast-table.js";

/** Steps of a training whose last batch of an epoch may be smaller. */
const stepsOf = ({ rows, epochs }: TrainingLength, batchSize: number): number => epochs * Math.ceil(rows / batchSize);

/** Predicted time and, with a price, cost of a whole training on the GPUs that were named; no table without a length. */
export function trainingTables(forecast: Forecast, { named, training }: ForecastView): ForecastTable[] {
  if (training === null) return [];
  const { rows: examples, epochs, pricePerHour } = training;
  const steps = stepsOf(training, forecast.settings.batchSize);
  const predicted = forecast.methods.flatMap((method) => method.predicted);
  const head = named.flatMap((gpu) => [gpu, ...(pricePerHour === null ? [] : ["cost"])]);
  const rows = methodRows(forecast, (method) =>
    named.flatMap((gpu) => {
      const { fits, stepTimeS } = method.predicted.find((each) => each.gpu === gpu)!;
      const timeS = steps * stepTimeS;
      const time = fits ? formatSeconds(timeS) : "does not fit";
      if (pricePerHour === null) return [time];
      return [time, fits ? ((pricePerHour * timeS) / 3600).toFixed(2) : "-"];
    }),
  );
  return [
    {
      title: `Predicted, not measured: ${formatCount(steps)} steps (${formatCount(examples)} rows, ${epochs} epochs), ${assumptions(predicted, false)}`,
      rows: [["method", ...head], ...rows],
    },
  ];
}
