import { type SiteAxis, siteAxes, type T5 } from "@petl/backbone";

/** Real tokens of one example. */
export interface Lengths {
  readonly source: number;
  readonly target: number;
}

/** One site among an example's kept values. */
export interface Slot {
  readonly site: string;
  /** Dimensions after the batch. */
  readonly axes: readonly SiteAxis[];
}

/**
 * What is kept of an example, in two parts: one depends on its source text alone, so that several decoder inputs share it; the
 * other depends on the decoder's input too.
 */
export interface Layout {
  readonly source: readonly Slot[];
  readonly target: readonly Slot[];
}

/** @throws Error for a name that is no site of the backbone */
export function layoutOf({ name, sites }: Pick<T5, "name" | "sites">, reads: readonly string[]): Layout {
  const slots = reads.map((read): Slot => {
    const site = sites.find((each) => each.name === read);
    if (site === undefined) throw new Error(`activation cache: expected a site of ${name}, got ${read}`);
    return { site: read, axes: siteAxes(site) };
  });
  const isOfSource = ({ site, axes }: Slot): boolean => site.startsWith("encoder.") && !axes.includes("target");
  return { source: slots.filter(isOfSource), target: slots.filter((slot) => !isOfSource(slot)) };
}

/** Extents of a slot where tokens are these. */
export function extentsOf({ axes }: Slot, lengths: Lengths): number[] {
  return axes.map((axis) => (typeof axis === "number" ? axis : lengths[axis]));
}

/** Values one example has in these slots. */
export function valuesIn(slots: readonly Slot[], lengths: Lengths): number {
  return slots.reduce((sum, slot) => sum + sizeOf(extentsOf(slot, lengths)), 0);
}

/** Product of extents. */
export const sizeOf = (extents: readonly number[]): number => extents.reduce((product, extent) => product * extent, 1);
