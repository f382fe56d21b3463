import { z } from "zod";
import { type Kind, SettingError } from "../kind.js";

/** More than any run counts, and few enough to be exact in every sum: a larger number is a slip of the finger. */
const mostCounted = 1_000_000_000;

interface WholeRange {
  readonly min?: number;
  /** Default: a thousand million. */
  readonly max?: number;
  readonly placeholder?: string;
}

/** Whole numbers from `min` to `max`; `placeholder` names what is counted. */
export function whole({ min = 0, max = mostCounted, placeholder = "<n>" }: WholeRange = {}): Kind<number> {
  return {
    schema: z.int().min(min).max(max),
    placeholder,
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
      throw new SettingError(
        `a whole number from ${min}${value > max ? ` to ${max.toLocaleString("en-US")}` : ""}`,
        text,
      );
    },
    show: String,
  };
}

/** Powers of two from 1 to `max`, itself one of them. */
export function powerOfTwo({ max }: { readonly max: number }): Kind<number> {
  const expected = `a power of two from 1 to ${max.toLocaleString("en-US")}`;
  const isValid = (value: number): boolean => value >= 1 && value <= max && Number.isInteger(Math.log2(value));
  return {
    schema: z.int().refine(isValid, { error: `expected ${expected}` }),
    placeholder: "<n>",
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (isValid(value)) return value;
      throw new SettingError(expected, text);
    },
    show: String,
  };
}

interface Range {
  /** The values are above it. */
  readonly above?: number;
  /** The values are at or above it. */
  readonly min?: number;
  /** The values are below it. */
  readonly below?: number;
  readonly placeholder?: string;
}

/** Numbers within a range. */
export function number({ above, min, below, placeholder = "<x>" }: Range): Kind<number> {
  const low = above === undefined ? `from ${min ?? 0}` : `above ${above}`;
  const expected = `a number ${low}${below === undefined ? "" : `${above === undefined ? " to" : ""} below ${below}`}`;
  const isValid = (value: number): boolean =>
    Number.isFinite(value) &&
    (above === undefined ? value >= (min ?? 0) : value > above) &&
    (below === undefined || value < below);
  return {
    schema: z.number().refine(isValid, { error: `expected ${expected}` }),
    placeholder,
    parse(text) {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      if (isValid(value)) return value;
      throw new SettingError(expected, text);
    },
    show: String,
  };
}
