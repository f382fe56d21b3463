import type { BackboneModel, RowLengths, SiteAxis } from "@petl/backbone";
import type { Reads } from "./applies.js";

/** One site among an example's kept values. */
export interface Slot {
  readonly site: string;
  /** Dimensions after the batch. */
  readonly axes: readonly SiteAxis[];
}

/**
 * What is kept of an example, in two parts: one depends on its source alone, so that several answers share it; the other
 * depends on the known answer too.
 */
export interface Layout {
  readonly source: readonly Slot[];
  readonly target: readonly Slot[];
}

/** @throws Error for a name that is no site of the backbone */
export function layoutOf(backbone: Pick<BackboneModel, "name" | "sites" | "axes">, { reads, at }: Reads): Layout {
  const { name, sites } = backbone;
  const slots = reads.map((read): Slot => {
    const site = sites.find((each) => each.name === read);
    if (site === undefined) throw new Error(`activation cache: expected a site of ${name}, got ${read}`);
    return { site: read, axes: backbone.axes(site, at) };
  });
  const isOfSource = ({ axes }: Slot): boolean => axes.every((axis) => typeof axis === "number" || axis === "source");
  return { source: slots.filter(isOfSource), target: slots.filter((slot) => !isOfSource(slot)) };
}

/** Extents of a slot where tokens are these. */
export function extentsOf({ axes }: Slot, lengths: RowLengths): number[] {
  return axes.map((axis) => (typeof axis === "number" ? axis : lengths[axis]));
}

/** Values one example has in these slots. */
export function valuesIn(slots: readonly Slot[], lengths: RowLengths): number {
  return slots.reduce((sum, slot) => sum + sizeOf(extentsOf(slot, lengths)), 0);
}

/** Product of extents. */
export const sizeOf = (extents: readonly number[]): number => extents.reduce((product, extent) => product * extent, 1);
