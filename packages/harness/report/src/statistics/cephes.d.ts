/** What we use of cephes, whose `exports` leave its own types out. */
declare module "cephes" {
  /** When its WebAssembly can be called. */
  export const compiled: Promise<void>;
  /** The regularised incomplete beta integral `I_x(a, b)`. */
  export function incbet(a: number, b: number, x: number): number;
  /** The x at which `I_x(a, b)` is y. */
  export function incbi(a: number, b: number, y: number): number;
  /** The quantile of the standard normal distribution. */
  export function ndtri(p: number): number;
}
