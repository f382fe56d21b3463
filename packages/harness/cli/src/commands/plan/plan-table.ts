/** A heading, and rows of which the first names the columns. */
export interface PlanTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}
