import type { ReportGroup } from "../model/model.js";

/** The printed name of a variant. */
export function variantLabel({ variants }: Pick<ReportGroup, "variants">, id: string): string {
  return variants.find((variant) => variant.id === id)?.label ?? id;
}
