import { bytes, type Kind, names as namesKind, number, SettingError, whole } from "@petl/settings";
import { InvalidArgumentError } from "commander";

/** The parser of a kind of value, for commander. */
export function argument<Value>({ parse }: Pick<Kind<Value>, "parse">): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw error instanceof SettingError ? new InvalidArgumentError(error.message) : error;
    }
  };
}

/** A parser of whole numbers from `minimum` up to `max`. */
export const wholeNumber = (minimum: number, max?: number): ((text: string) => number) =>
  argument(whole({ min: minimum, ...(max !== undefined && { max }) }));

/** `all`, or numbers such as `0,1`. */
export const gpuNumbers = (text: string): "all" | number[] =>
  text === "all" ? text : [...new Set(names(text).map(wholeNumber(0)))];

/** A parser of numbers above `low` (or equal with `inclusive`) and below `high`. */
export function numberBetween(low: number, high: number, inclusive = false): (text: string) => number {
  const below = high === Number.POSITIVE_INFINITY ? {} : { below: high };
  return argument(number({ ...(inclusive ? { min: low } : { above: low }), ...below }));
}

/** `a,b,c` as names, of which there must be one. */
export const names = argument(namesKind());

/** `80GB` (powers of 1000), `24GiB` (powers of 1024) or plain bytes. */
export const parseBytes = argument(bytes());
