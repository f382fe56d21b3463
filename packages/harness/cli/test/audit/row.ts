/** One hostile input. Rows of a kind are many small variations, so they are generated. */
export interface Row {
  readonly kind: "flags" | "data" | "checkpoint" | "suite" | "method" | "record" | "command" | "environment";
  readonly title: string;
  readonly args: readonly string[];
  /** Files to write first, by path below the user's folder; null removes one. Others stand there already: see `baseFiles`. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** As small as a run can be; a later flag of the same name replaces one. */
export const glue = (...rest: readonly string[]): string[] => [
  ...["glue", "--backbone", "t5-tiny-random", "--limit", "8", "--eval-limit", "4", "--epochs", "1"],
  ...["--batch-size", "4", "--threads", "1", "--data", "glue", "--tasks", "sst2", "--methods", "bitfit"],
  ...["--out", "out", "--quiet", ...rest],
];
