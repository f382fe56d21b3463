import { z } from "zod";
import { type Kind, SettingError } from "../kind.js";

/** Whole numbers from `min` up; `placeholder` names what is counted. */
export function whole({ min = 0, placeholder = "<n>" }: { min?: number; placeholder?: string } = {}): Kind<number> {
  return {
    schema: z.int().min(min),
    placeholder,
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (Number.isSafeInteger(value) && value >= min) return value;
      throw new SettingError(`a whole number from ${min}`, text);
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
