import type { StackedBar } from "../charts/stacked-bars.js";
import type { ReportGroup } from "../model/model.js";
import { formatBytes } from "../text/format.js";
import { variantLabel } from "./variant-label.js";

/** What a peak is made of, and what each part is called. */
export const memoryParts = {
  backbone: "Backbone weights",
  method: "Method weights",
  gradients: "Gradients",
  optimizer: "Optimizer state",
  activations: "Activations",
  inputs: "Inputs",
} as const;

/** The highest training peak of each variant, by what held it. */
export function memoryBars(group: ReportGroup): StackedBar[] {
  return group.summary.flatMap(({ variant, memorySplit }) => {
    if (memorySplit === null) return [];
    const parts = Object.entries(memoryParts).map(([part, label]) => [
      label,
      memorySplit[part as keyof typeof memoryParts],
    ]);
    return [
      {
        label: variantLabel(group, variant),
        parts: Object.fromEntries(parts) as Record<string, number>,
        text: formatBytes(memorySplit.total),
      },
    ];
  });
}
