import { formatPercent, formatSeconds } from "../text/format.js";
import { bytes, formatFlops } from "./figures.js";
import type { Forecast, ForecastCache } from "./forecast.js";
import type { ForecastTable } from "./forecast-table.js";
import { forecastLabels } from "./labels.js";

/** What the activation cache would hold and save, for the methods it serves; no table where it serves none. */
export function cacheTables({ methods }: Forecast): ForecastTable[] {
  const labels = forecastLabels(methods);
  const served = methods.flatMap(({ cache, predicted }, index) =>
    cache === null ? [] : [{ label: labels[index]!, cache, predicted }],
  );
  if (served.length === 0) return [];
  const { epochs } = served[0]!.cache.totalOfFull;
  return [
    {
      title: `Activation cache: the backbone runs in the first of ${epochs} epochs only (FLOPs counted)`,
      rows: [
        [
          ...["method", "kept per example", "FLOPs of a later step", "of a first step", "its peak"],
          ...["of full tuning, without", "with the cache"],
          ...served[0]!.predicted.map(({ gpu }) => `${gpu}, predicted`),
        ],
        ...served.map(({ label, cache, predicted }) => [
          label,
          ...cells(cache),
          ...cache.predicted.map(({ stepTimeS }, index) => {
            const uncachedS = predicted[index]!.stepTimeS;
            return `${formatPercent(stepTimeS / uncachedS)} (${formatSeconds(stepTimeS)})`;
          }),
        ]),
      ],
    },
  ];
}

function cells({ bytesPerExample, stepFlops, stepShare, peakBytes, totalOfFull }: ForecastCache): string[] {
  return [
    bytes(bytesPerExample),
    formatFlops(stepFlops),
    formatPercent(stepShare),
    bytes(peakBytes),
    formatPercent(totalOfFull.without),
    formatPercent(totalOfFull.with),
  ];
}
