import type { CostColumn } from "../model/cost-columns.js";

/** The unit that suits the largest value of an axis, and what to divide by for it. */
export function scaleOf(
  unit: CostColumn["unit"],
  largest: number,
): { readonly divisor: number; readonly unit: string } {
  if (unit === "bytes") {
    return largest >= 1e9 ? { divisor: 1e9, unit: "GB" } : { divisor: 1e6, unit: "MB" };
  }
  if (unit === "seconds") return largest >= 7200 ? { divisor: 3600, unit: "h" } : { divisor: 1, unit: "s" };
  if (largest >= 3.6e6) return { divisor: 3.6e6, unit: "kWh" };
  return largest >= 1e4 ? { divisor: 1e3, unit: "kJ" } : { divisor: 1, unit: "J" };
}
