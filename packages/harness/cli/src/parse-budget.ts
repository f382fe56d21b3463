import { InvalidArgumentError } from "commander";
import { parseBytes } from "./parse-bytes.js";

/** `4GB` in all, or `2GB+20GB` for memory and disk apart (either may be 0), for commander. */
export function parseBudget(text: string): number | { memoryBytes: number; diskBytes: number } {
  const parts = text.split("+").map((part) => (/^\s*0\s*$/.test(part) ? 0 : parseBytes(part)));
  if (parts.length === 1) return parts[0]!;
  const [memoryBytes, diskBytes] = parts;
  if (parts.length === 2) return { memoryBytes: memoryBytes!, diskBytes: diskBytes! };
  throw new InvalidArgumentError(`Expected a size such as 4GB, or two such as 2GB+20GB, got "${text}".`);
}
