import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = {
  ...{ B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 },
};

/** A smaller number without a unit is gigabytes that lack theirs. */
const leastBareBytes = 1e6;

/** `80GB` (powers of 1000), `24GiB` (powers of 1024) or plain bytes, for commander. */
export function parseBytes(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]?i?B)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(digits) * (units[(unit ?? "B").toUpperCase()] ?? Number.NaN));
  if (unit === undefined && bytes > 0 && bytes < leastBareBytes)
    throw new InvalidArgumentError(`Expected a size with its unit, got ${text}: write ${text.trim()}GB.`);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new InvalidArgumentError(`Expected a size such as 80GB or 24GiB, got "${text}".`);
}
