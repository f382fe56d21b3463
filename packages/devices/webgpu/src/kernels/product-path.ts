import type { Precision } from "@petl/tensor";
import type { Dialect, MatrixUnit, UnitTile } from "./matrix-units.js";

/** How matrix products are computed. */
export type ProductPath =
  | { readonly kind: "f32" }
  | { readonly kind: "shader-f16" }
  | { readonly kind: "matrix-units"; readonly unit: MatrixUnit; readonly split: boolean; readonly dialect?: Dialect };

/** What an adapter has for products in half precision. */
export interface ProductFeatures {
  readonly shaderF16: boolean;
  /** Of f16 operands and f32 sums that the programs take, the preferred first. */
  readonly units: readonly MatrixUnit[];
  /** Why `units` is empty. */
  readonly noUnits: string;
}

/** A path, with what a record calls it and why it is taken; or why there is none. */
export type PathChoice =
  | { readonly path: ProductPath; readonly name: string; readonly reason: string }
  | { readonly path: null; readonly reason: string };

export const nameOfUnit = ({ M, N, K }: MatrixUnit): string => `subgroup-matrix ${M}x${N}x${K}`;

/** The fastest path of a precision that an adapter has. */
export function choosePath(precision: Precision, { shaderF16, units, noUnits }: ProductFeatures): PathChoice {
  if (precision === "f32") return { path: { kind: "f32" }, name: "f32", reason: "precision f32 was asked for" };
  const [unit] = units;
  if (unit !== undefined) {
    const split = precision === "f32x3";
    const name = `${nameOfUnit(unit)}${split ? ", three products" : ""}`;
    return { path: { kind: "matrix-units", unit, split }, name, reason: "the adapter offers it for f16 with f32 sums" };
  }
  if (precision === "f32x3")
    return {
      path: null,
      reason: `three products are for matrix units only, and ${noUnits}; --precision f32 is faster`,
    };
  if (shaderF16) return { path: { kind: "shader-f16" }, name: "shader-f16", reason: noUnits };
  return { path: null, reason: `it has no shader-f16, and ${noUnits}` };
}

/** Sizes of parts: a subgroup keeps 64 x 64 sums where units are 16 rows high, and fewer for smaller units, which have less to share. */
const largePart = ({ M }: MatrixUnit, split: boolean): number => (M >= 16 ? 64 : 32) / (split ? 2 : 1);

/** Tiles of a unit: of large products, of small ones, and of those with 16 rows or columns at most. */
export function unitTiles(
  unit: MatrixUnit,
  split: boolean,
): Readonly<Record<"large" | "small" | "high" | "wide", UnitTile>> {
  const large = largePart(unit, split);
  const small = Math.max(16, large / 2);
  const square = { gridRows: 2, gridColumns: 2 };
  return {
    large: { ...square, partRows: large, partColumns: large },
    small: { ...square, partRows: small, partColumns: small },
    high: { gridRows: 4, gridColumns: 1, partRows: small, partColumns: 16 },
    wide: { gridRows: 1, gridColumns: 4, partRows: 16, partColumns: small },
  };
}

/** Whether the programs can use a unit: parts are multiples of it, and so is the depth of a tile. */
export const isTaken = ({ M, N, K }: Pick<MatrixUnit, "M" | "N" | "K">): boolean =>
  [M, N].every((extent) => extent === 8 || extent === 16) && [8, 16, 32].includes(K);
