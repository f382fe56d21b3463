/** `value` null comes with `reason`. `relative`: value / the reference's value; for a score, the difference in points. */
export interface Figure {
  readonly value: number | null;
  readonly reason: string | null;
  readonly relative: number | null;
  /** What a reader must know of the value. */
  readonly note?: string;
}
