/** Figures somebody published, to stand beside ours and never among them. */
export interface PublishedTable {
  readonly title: string;
  readonly source: { readonly text: string; readonly url: string };
  /** How the figures came about: machine, batch, units. */
  readonly conditions: string;
  readonly headers: readonly string[];
  /** First cell the row's name; null where the source gives no figure. */
  readonly rows: readonly (readonly (string | null)[])[];
}
