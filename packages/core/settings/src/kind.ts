import type { z } from "zod";

/** What values a setting takes: their schema, and how they are written on a command line. */
export interface Kind<Value> {
  /** Of the value in a suite file or a record. */
  readonly schema: z.ZodType<Value, Value>;
  /** What stands for the value in `--help`: `<n>`, or `[on|off]` where the flag alone is enough. */
  readonly placeholder: string;
  /** The texts that `parse` takes, or those that stand beside a number or a name; absent: no list of them. */
  readonly words?: readonly string[];
  /** The value of a flag's text. @throws SettingError saying what was expected and what was given */
  parse(text: string): Value;
  /** The value as text that `parse` reads. */
  show(value: Value): string;
}

/** A text that is no value of a setting; the message is one or two sentences: what was expected, what was given. */
export class SettingError extends Error {
  override readonly name = "SettingError";
  readonly code = "E_SETTING";

  constructor(
    readonly expected: string,
    readonly given: string,
  ) {
    super(`Expected ${expected}, got "${given}".`);
  }
}
