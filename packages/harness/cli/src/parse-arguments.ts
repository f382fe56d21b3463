import { InvalidArgumentError } from "commander";

/** A parser of whole numbers from `minimum` up, for commander. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${minimum}, got "${text}".`);
  };
}

/** A parser of numbers above `low` (or equal with `inclusive`) and below `high`. */
export function numberBetween(low: number, high: number, inclusive = false): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if ((value > low || (inclusive && value === low)) && value < high) return value;
    const range = high === Number.POSITIVE_INFINITY ? `above ${low}` : `from ${low} to below ${high}`;
    throw new InvalidArgumentError(`Expected a number ${range}, got "${text}".`);
  };
}

/** `a,b,c` as names, of which there must be one. */
export function names(text: string): string[] {
  const list = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (list.length > 0) return list;
  throw new InvalidArgumentError(`Expected names separated by commas, got "${text}".`);
}

/** `0,1,2` as whole numbers. */
export function wholeNumbers(text: string): number[] {
  return names(text).map(wholeNumber(0));
}

/** A GPU's number, or `software`. */
export function gpuChoice(text: string): number | "software" {
  if (text === "software") return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`Expected the number of a GPU from 0, or "software", got "${text}".`);
}
