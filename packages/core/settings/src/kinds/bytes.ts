import { z } from "zod";
import { type Kind, SettingError } from "../kind.js";

const units: Readonly<Record<string, number>> = {
  ...{ B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 },
};

/** A number of bytes: `80GB` (powers of 1000), `24GiB` (powers of 1024) or plain bytes. */
export function bytes(): Kind<number> {
  return {
    schema: z.int().positive(),
    placeholder: "<bytes>",
    parse(text) {
      const value = sizeOf(text);
      if (value !== null && value > 0) return value;
      throw new SettingError("a size such as 80GB or 24GiB", text);
    },
    show: showBytes,
  };
}

/** Bytes in all, or those in memory and on disk apart. */
export type Budget = number | { readonly memoryBytes?: number | undefined; readonly diskBytes?: number | undefined };

/** `4GB` in all, or `2GB+20GB` in memory and on disk apart; any may be 0. */
export function budget(): Kind<Budget> {
  const size = z.int().nonnegative();
  return {
    schema: z.union([size, z.strictObject({ memoryBytes: size, diskBytes: size }).partial()]),
    placeholder: "<bytes>",
    parse(text) {
      const [first = null, second = null, ...others] = text.split("+").map(sizeOf);
      if (first !== null && !text.includes("+")) return first;
      if (first !== null && second !== null && others.length === 0) return { memoryBytes: first, diskBytes: second };
      throw new SettingError("a size such as 4GB, or two such as 2GB+20GB", text);
    },
    show: (value) =>
      typeof value === "number"
        ? showBytes(value)
        : [value.memoryBytes, value.diskBytes]
            .map((each) => (each === undefined ? "default" : showBytes(each)))
            .join("+"),
  };
}

/** A smaller number without a unit is gigabytes that lack theirs. */
const leastBareBytes = 1e6;

/** Null where the text is no size. @throws SettingError for a small number without its unit */
function sizeOf(text: string): number | null {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]?i?B)?$/i.exec(text.trim()) ?? [];
  const value = Math.floor(Number(digits) * (units[(unit ?? "B").toUpperCase()] ?? Number.NaN));
  if (unit === undefined && value > 0 && value < leastBareBytes)
    throw new SettingError(`a size with its unit, such as ${digits}GB`, text);
  return Number.isSafeInteger(value) ? value : null;
}

/** In the largest unit that takes no fraction. */
function showBytes(value: number): string {
  const [unit, size] = Object.entries(units)
    .filter(([, each]) => value > 0 && value % each === 0)
    .sort(([, a], [, b]) => b - a)[0] ?? ["B", 1];
  return value === 0 ? "0" : `${value / size}${unit.replace("IB", "iB")}`;
}
