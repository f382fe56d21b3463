/** A measured value, or null with the reason why there is none. A missing sensor is never a 0. */
export type Figure<T> =
  | { readonly value: T; readonly reason: null }
  | { readonly value: null; readonly reason: string };

/** A figure that was measured. */
export function measured<T>(value: T): Figure<T> {
  return { value, reason: null };
}

/** A figure that could not be measured, and why. */
export function absent<T>(reason: string): Figure<T> {
  return { value: null, reason };
}
