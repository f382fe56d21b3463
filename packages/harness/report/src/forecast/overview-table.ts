import { formatCount, formatPercent, formatSeconds } from "../text/format.js";
import { assumptions, bytes, hasHead, methodRows, rowText, trainableText } from "./figures.js";
import type { Forecast, ForecastView } from "./forecast.js";
import type { ForecastTable } from "./forecast-table.js";

/** What was forecast, in one line. */
export function forecastTitle(forecast: Forecast): string {
  const { backbone, settings } = forecast;
  const { batchSize, dropout, recompute, backboneDtype } = settings;
  const recomputed = recompute ? ", activations recomputed" : "";
  const frozen = backboneDtype === "f32" ? "f32" : `f32 with frozen weights in ${backboneDtype}`;
  return `${backbone}: batch ${batchSize}, ${rowText(forecast, settings)}, ${frozen}, dropout ${dropout}${recomputed}`;
}

/** What a reader must know of the parameters where a head answers; nothing where text does. */
export function headRemarks(forecast: Forecast): string[] {
  if (!hasHead(forecast)) return [];
  const head = formatCount(forecast.methods[0]!.headParams);
  return [
    `Trainable parameters are those of the method. The head, for two classes, has ${head} more, which every method trains.`,
  ];
}

/** The figures most users need: trainable share, peak memory, whether it fits, and times on the GPUs that were named. */
export function overviewTable(forecast: Forecast, { named, deviceMemoryBytes }: ForecastView): ForecastTable {
  const predicted = forecast.methods.flatMap((method) => method.predicted);
  const title =
    named.length === 0
      ? "Memory of a training step (exact)"
      : `Memory of a training step (exact). Predicted, not measured: time of 1,000 steps, ${assumptions(predicted, false)}`;
  const head = [
    ...["method", "trainable", "peak memory", "of full"],
    ...(deviceMemoryBytes === null ? [] : [`batch in ${bytes(deviceMemoryBytes)}`]),
    ...named,
  ];
  const rows = methodRows(forecast, (method) => [
    trainableText(method),
    ...[bytes(method.peakBytes.total), formatPercent(method.relativeToFull)],
    ...(deviceMemoryBytes === null ? [] : [batchText(method.largestBatch)]),
    ...named.map((gpu) => {
      const { fits, stepTimeS } = method.predicted.find((each) => each.gpu === gpu)!;
      return fits ? formatSeconds(1000 * stepTimeS) : "does not fit";
    }),
  ]);
  return { title, rows: [head, ...rows] };
}

const batchText = (largest: number | null): string =>
  largest === 0 || largest === null ? "does not fit" : formatCount(largest);
