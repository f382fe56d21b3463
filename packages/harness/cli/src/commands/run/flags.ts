import type { GlueFlags } from "../glue/flags.js";

/** The flags of `bench run`: those of `bench glue`, of which `data` is a table, and what makes a task of it. */
export interface RunFlags extends GlueFlags {
  readonly eval?: string;
  readonly text?: string[];
  readonly label?: string;
  readonly kind?: "class" | "score" | "text";
  readonly name?: string;
  readonly task?: string[];
}
