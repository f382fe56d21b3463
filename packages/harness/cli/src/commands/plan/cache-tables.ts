import type { CacheForecast, MethodForecast } from "@petl/bench";
import { formatBytes, formatNumber, formatPercent, formatSeconds } from "@petl/report";
import type { PlanTable } from "./plan-table.js";

/** What the activation cache would hold and save, for the methods it serves; no table where it serves none. */
export function cacheTables(methods: readonly MethodForecast[], labels: readonly string[]): PlanTable[] {
  const served = methods.flatMap(({ cache, predicted }, index) =>
    cache === null ? [] : [{ label: labels[index]!, cache, predicted }],
  );
  if (served.length === 0) return [];
  const { epochs } = served[0]!.cache.totalOfFull;
  return [
    {
      title: `Activation cache: from the second epoch on the backbone does not run (operations counted, ${epochs} epochs)`,
      rows: [
        [
          ...["method", "kept per example", "FLOPs of a later step", "of a first step", "its peak"],
          ...["total of full tuning's, without", "with the cache"],
          ...served[0]!.predicted.map(({ gpu }) => `later step of first, ${gpu} (predicted)`),
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

function cells({ bytesPerExample, stepFlops, stepShare, peakBytes, totalOfFull }: CacheForecast): string[] {
  return [
    formatBytes(bytesPerExample),
    `${formatNumber(stepFlops / 1e12)} T`,
    formatPercent(stepShare),
    formatBytes(peakBytes),
    formatPercent(totalOfFull.without),
    formatPercent(totalOfFull.with),
  ];
}
