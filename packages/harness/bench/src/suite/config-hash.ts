import { createHash } from "node:crypto";
import { canonicalJson } from "@petl/results";

/** Ten hexadecimal digits of the SHA-256 of a value as JSON with sorted keys: equal values have equal hashes. */
export function configHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 10);
}
