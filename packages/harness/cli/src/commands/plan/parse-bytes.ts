import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = {
  ...{ B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 },
};

/** `80GB` (powers of 1000), `24GiB` (powers of 1024) or plain bytes, for commander. */
export function parseBytes(text: string): number {
  const [, digits, unit = "B"] = /^(\d+(?:\.\d+)?)\s*([KMGT]?i?B)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(digits) * (units[unit.toUpperCase()] ?? Number.NaN));
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new InvalidArgumentError(`Expected a size such as 80GB or 24GiB, got "${text}".`);
}
