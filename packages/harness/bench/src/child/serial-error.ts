import { firstLine } from "../errors.js";
import type { SerialError } from "./protocol.js";

/** An error as plain data; whatever was thrown gets a name and a message. */
export function serialError(thrown: unknown): SerialError {
  if (!(thrown instanceof Error)) return { name: "Error", code: null, message: firstLine(thrown), stack: null };
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : memoryCode(thrown);
  return { name: thrown.name, code, message: thrown.message || thrown.name, stack: thrown.stack ?? null };
}

/** Engines report exhausted memory in words only. */
function memoryCode({ message }: Error): string | null {
  return /out of memory|memory allocation failed|allocation failed|Cannot enlarge memory/i.test(message)
    ? "E_OUT_OF_MEMORY"
    : null;
}
