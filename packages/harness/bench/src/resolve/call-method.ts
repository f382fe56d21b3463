import type { PetlMethod } from "@petl/spec";
import { BenchError, firstLine } from "../errors.js";

/** The settings that a method's `parse` makes of an input. @throws what `parse` throws with a code, else BenchError E_METHOD_INVALID */
export function parseConfig<Config>(method: PetlMethod<Config>, input: unknown): Config {
  return calling(method, "parse", () => method.parse(input));
}

/**
 * Runs a method's code, so that whatever it throws names the method.
 *
 * @throws what it throws with a code, such as a ConfigError; else BenchError E_METHOD_INVALID
 */
export function calling<Result>({ name }: Pick<PetlMethod, "name">, what: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof Error && typeof (cause as { code?: unknown }).code === "string") throw cause;
    throw new BenchError("E_METHOD_INVALID", `method ${name}: its ${what} failed: ${firstLine(cause)}`, { cause });
  }
}
