import type { ParquetParsers, SchemaElement } from "hyparquet";
import { quote, TableError } from "../errors.js";
import type { Cell, Place } from "../table.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** How values of a column become texts: text must be UTF-8, times are ISO 8601 with `Z` where they are in UTC. */
export function parsersOf({ logical_type: type }: SchemaElement): Partial<ParquetParsers> {
  const zone = type?.type === "TIMESTAMP" && !type.isAdjustedToUTC ? "" : "Z";
  const text = (bytes: Uint8Array) => decoder.decode(bytes);
  return {
    stringFromBytes: text,
    jsonFromBytes: text,
    dateFromDays: (days) => new Date(days * 86_400_000).toISOString().slice(0, 10),
    timestampFromMilliseconds: (value) => isoText(value, 3) + zone,
    timestampFromMicroseconds: (value) => isoText(value, 6) + zone,
    timestampFromNanoseconds: (value) => isoText(value, 9) + zone,
  };
}

function isoText(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const fraction = ((value % unit) + unit) % unit;
  const second = new Date(Number((value - fraction) / unit) * 1000).toISOString().slice(0, -5);
  return `${second}.${fraction.toString().padStart(digits, "0")}`;
}

/**
 * A value of hyparquet as a cell; an integer beyond 2^53 is its digits as text, so that none is lost.
 * @throws {TableError} `E_TABLE_VALUE` for NaN and infinities
 */
export function cellOf(value: unknown, column: string, place: Place): Cell {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    const remedy = "write null for a missing number";
    const details = { file: place.file, place, expected: "a finite number or null", got: String(value), remedy };
    throw new TableError("E_TABLE_VALUE", `bad number in column ${quote(column)}`, details);
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, (inner) => cellOf(inner, column, place));
  const cells: Record<string, Cell> = {};
  for (const [key, inner] of Object.entries(value)) cells[key] = cellOf(inner, column, place);
  return cells;
}
