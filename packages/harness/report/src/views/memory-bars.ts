import type { TensorBytes } from "@petl/results";
import type { StackedBar } from "../charts/stacked-bars.js";
import type { ReportGroup } from "../model/model.js";
import { formatBytes } from "../text/format.js";
import { variantLabel } from "./variant-label.js";

/** A part of a peak: what it is called, and its bytes. */
interface MemoryPart {
  readonly label: string;
  readonly of: (split: TensorBytes) => number;
}

/** What a peak is made of. Records from before kept activations were counted have one part for all of them. */
export function memoryParts(group: ReportGroup): readonly MemoryPart[] {
  const knowsKept = group.summary.every(({ memorySplit }) => memorySplit === null || memorySplit.kept !== null);
  const activations: MemoryPart[] = knowsKept
    ? [
        { label: "Kept for backward", of: ({ kept }) => kept ?? 0 },
        { label: "Other activations", of: ({ activations, kept }) => activations - (kept ?? 0) },
      ]
    : [{ label: "Activations", of: ({ activations }) => activations }];
  return [
    { label: "Backbone weights", of: ({ backbone }) => backbone },
    { label: "Method weights", of: ({ method }) => method },
    { label: "Gradients", of: ({ gradients }) => gradients },
    { label: "Optimizer state", of: ({ optimizer }) => optimizer },
    ...activations,
    { label: "Inputs", of: ({ inputs }) => inputs },
  ];
}

/** The highest training peak of each variant, by what held it. */
export function memoryBars(group: ReportGroup): StackedBar[] {
  const parts = memoryParts(group);
  return group.summary.flatMap(({ variant, memorySplit }) => {
    if (memorySplit === null) return [];
    return [
      {
        label: variantLabel(group, variant),
        parts: Object.fromEntries(parts.map(({ label, of }) => [label, of(memorySplit)])),
        text: formatBytes(memorySplit.total),
      },
    ];
  });
}
