import type { StackedBar } from "../charts/stacked-bars.js";
import { formatBytes } from "../text/format.js";
import type { Forecast, PeakBytes } from "./forecast.js";
import { forecastLabels } from "./labels.js";

/** What holds a peak's bytes, and what each part is called. The parts add up to the peak. */
export const ledgerParts = {
  weights: "weights",
  gradients: "gradients",
  optimizer: "optimizer",
  kept: "kept for backward",
  temporaries: "temporaries",
} as const;

/** The parts of a peak: weights of backbone and method, activations that wait for the backward pass, and what lives shorter, inputs among it. */
export function memoryLedger(peak: PeakBytes): Record<keyof typeof ledgerParts, number> {
  const { backbone, method, gradients, optimizer, activations, kept, inputs } = peak;
  return { weights: backbone + method, gradients, optimizer, kept, temporaries: activations - kept + inputs };
}

/** A bar for each method's peak and, where the plan does not recompute anyway, one for its peak with recompute. */
export function ledgerBars({ methods, settings }: Pick<Forecast, "methods" | "settings">): StackedBar[] {
  const labels = forecastLabels(methods);
  const bar = (label: string, peak: PeakBytes): StackedBar => {
    const parts = Object.entries(memoryLedger(peak)).map(([part, bytes]) => [
      ledgerParts[part as keyof typeof ledgerParts],
      bytes,
    ]);
    return { label, parts: Object.fromEntries(parts) as Record<string, number>, text: formatBytes(peak.total) };
  };
  return methods.flatMap(({ peakBytes, recomputedPeakBytes }, index) => [
    bar(labels[index]!, peakBytes),
    ...(settings.recompute ? [] : [bar(`${labels[index]}, recomputed`, recomputedPeakBytes)]),
  ]);
}
