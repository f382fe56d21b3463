/** Figures of a forecast, shown apart from the measured ones. */
export interface PlannedTable {
  readonly title: string;
  /** Where the figures come from: machine, batch, units. */
  readonly conditions: string;
  readonly headers: readonly string[];
  /** The first cell names the row; null where there is no figure. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Figures that somebody published, shown apart from the measured ones. */
export interface PublishedTable extends PlannedTable {
  readonly source: { readonly text: string; readonly url: string };
}
