import { ConfigError } from "./errors.js";

/**
 * Reads a method's settings field by field.
 *
 * Strings are converted where a number or a boolean is wanted, since `--method lora:rank=8` gives text. `done()` refuses
 * what was not asked for.
 */
export class ConfigReader {
  readonly #seen = new Set<string>();
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @throws ConfigError unless `input` is an object, null or undefined */
  constructor(
    readonly owner: string,
    input: unknown,
  ) {
    if (input !== undefined && input !== null && (typeof input !== "object" || Array.isArray(input))) {
      throw new ConfigError(owner, `expected an object of settings, got ${JSON.stringify(input)}`);
    }
    this.#fields = (input ?? {}) as Record<string, unknown>;
  }

  /** An integer, `minimum <= integer <= maximum`. */
  integer(field: string, fallback: number, minimum: number, maximum = Number.MAX_SAFE_INTEGER): number {
    return this.#read(
      field,
      fallback,
      `an integer from ${minimum}${maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : " up"}`,
      (value) => {
        const number = toNumber(value);
        return Number.isInteger(number) && number >= minimum && number <= maximum ? number : undefined;
      },
    );
  }

  /** A finite number, `minimum <= number < below`. */
  number(
    field: string,
    fallback: number,
    minimum = Number.NEGATIVE_INFINITY,
    below = Number.POSITIVE_INFINITY,
  ): number {
    return this.#read(field, fallback, `a number in [${minimum}, ${below})`, (value) => {
      const number = toNumber(value);
      return Number.isFinite(number) && number >= minimum && number < below ? number : undefined;
    });
  }

  /** A boolean, also written `true` or `false`. */
  boolean(field: string, fallback: boolean): boolean {
    return this.#read(field, fallback, "true or false", (value) => {
      if (typeof value === "boolean") return value;
      return value === "true" ? true : value === "false" ? false : undefined;
    });
  }

  /** One of `choices`. */
  choice<const Choice extends string>(field: string, choices: readonly Choice[], fallback: Choice): Choice {
    return this.#read(field, fallback, `one of ${choices.join(", ")}`, (value) =>
      choices.find((choice) => choice === value),
    );
  }

  /** A list of strings, also written `a+b` on the command line. */
  strings(field: string, fallback: readonly string[]): readonly string[] {
    return this.#read(field, fallback, "a list of names", (value) => {
      if (typeof value === "string") return value.split("+");
      return Array.isArray(value) && value.every((item) => typeof item === "string") ? (value as string[]) : undefined;
    });
  }

  /** A field of any other form; `read` returns undefined for a value it refuses. */
  custom<Value>(field: string, fallback: Value, expected: string, read: (value: unknown) => Value | undefined): Value {
    return this.#read(field, fallback, expected, read);
  }

  /** @throws ConfigError for the first field nobody asked for */
  done(): void {
    const unknown = Object.keys(this.#fields).find((field) => !this.#seen.has(field));
    if (unknown === undefined) return;
    throw new ConfigError(
      `${this.owner}.${unknown}`,
      `no such setting; known: ${[...this.#seen].join(", ") || "none"}`,
    );
  }

  #read<Value>(field: string, fallback: Value, expected: string, read: (value: unknown) => Value | undefined): Value {
    this.#seen.add(field);
    const given = Object.hasOwn(this.#fields, field) ? this.#fields[field] : undefined;
    if (given === undefined) return fallback;
    const value = read(given);
    if (value === undefined) {
      throw new ConfigError(`${this.owner}.${field}`, `expected ${expected}, got ${JSON.stringify(given)}`);
    }
    return value;
  }
}

function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}
