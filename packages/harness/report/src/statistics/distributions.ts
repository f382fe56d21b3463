import { compiled, incbet, incbi, ndtri } from "cephes";

await compiled; // WebAssembly, made ready once

/** The chance that Student's t with `degrees` of freedom is at least as far from 0 as `t`: `I_x(v / 2, 1 / 2)`, `x = v / (v + t^2)`. */
export function twoSidedP(t: number, degrees: number): number {
  return incbet(degrees / 2, 1 / 2, degrees / (degrees + t * t));
}

/** How far from 0 Student's t with `degrees` of freedom is with chance `p`, or farther. */
export function twoSidedT(p: number, degrees: number): number {
  const x = incbi(degrees / 2, 1 / 2, p);
  return Math.sqrt(degrees * (1 / x - 1));
}

/** How far from 0 a standard normal value is with chance `p`, or farther. */
export function twoSidedNormal(p: number): number {
  return Math.abs(ndtri(p / 2));
}
