/** Something in a Parquet file that contradicts itself or the format; the reader of the file makes it a `TableError`. */
export class Damage extends Error {}

/** Throws {@link Damage} unless the statement about the file holds. */
export function claim(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Damage(otherwise);
}
