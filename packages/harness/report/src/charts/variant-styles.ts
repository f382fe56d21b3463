import type { ReportGroup, Variant } from "../model/model.js";
import { hues, seriesColour } from "./palette.js";

/** How a variant is drawn; `dashed` where a solid line of its colour is already another's. */
export interface VariantStyle {
  readonly colour: string;
  readonly dashed: boolean;
}

/**
 * A style for each variant, by id: grey for the reference, else the hue that the method's name hashes to, the same in every
 * report. Where that hue is taken, the variant gets the next free one; which one depends on the set of variants alone.
 */
export function variantStyles({
  variants,
  reference,
}: Pick<ReportGroup, "variants" | "reference">): ReadonlyMap<string, VariantStyle> {
  const uses = new Array<number>(hues).fill(0);
  const styles = new Map<string, VariantStyle>();
  const give = (id: string, hue: number): void => {
    styles.set(id, { colour: seriesColour(hue + 1), dashed: uses[hue]! > 0 });
    uses[hue]! += 1;
  };
  const waiting: Variant[] = [];
  const methods = new Set<string>();
  for (const variant of [...variants].sort(byName)) {
    const hue = hueOf(variant.method);
    if (variant.id === reference) styles.set(variant.id, { colour: seriesColour(0), dashed: false });
    else if (methods.has(variant.method) || uses[hue]! > 0) waiting.push(variant);
    else give(variant.id, hue);
    methods.add(variant.method);
  }
  for (const { id, method } of waiting) {
    const least = Math.min(...uses);
    const steps = Array.from({ length: hues }, (_, step) => (hueOf(method) + step) % hues);
    give(id, steps.find((hue) => uses[hue] === least)!);
  }
  return styles;
}

const byName = (left: Variant, right: Variant): number =>
  compare(left.method, right.method) || compare(left.label, right.label) || compare(left.id, right.id);
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Chosen so that the methods of this repository fall on different hues. */
const seed = 392;

/** FNV-1a over UTF-16 code units, from a seed. */
function hueOf(name: string): number {
  let hash = seed;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % hues;
}
