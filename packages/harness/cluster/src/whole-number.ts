import { ClusterError } from "./errors.js";

/** @throws ClusterError E_JOB_INVALID unless `least <= value <= most` and `value` is an integer */
export function checkWholeNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ClusterError("E_JOB_INVALID", `${name}: expected an integer from ${least} to ${most}, got ${value}`);
}
