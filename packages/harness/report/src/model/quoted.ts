/** Figures predicted from a plan, to stand beside measured ones and never among them. */
export interface PlannedTable {
  readonly title: string;
  /** How the figures came about: machine, batch, units. */
  readonly conditions: string;
  readonly headers: readonly string[];
  /** First cell the row's name; null where there is no figure. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Figures somebody published, to stand beside ours and never among them. */
export interface PublishedTable extends PlannedTable {
  readonly source: { readonly text: string; readonly url: string };
}
