import { CheckpointError } from "../error.js";
import type { Cursor } from "./cursor.js";

const mostKeyBytes = 65_535;
/** A longer string, which only a template or a licence is, is passed over. */
const mostKeptBytes = 65_536;
const mostNesting = 4;

/** Bytes of a scalar, by its number in a file. */
const scalarBytes: ReadonlyMap<number, number> = new Map([
  ...([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 4],
    [5, 4],
  ] as const),
  ...([
    [6, 4],
    [7, 1],
    [10, 8],
    [11, 8],
    [12, 8],
  ] as const),
]);
const stringType = 8;
const arrayType = 9;

/**
 * Reads `count` pairs of key and value. Scalars and strings up to 64 KiB are kept, as text; arrays, such as a vocabulary, are passed over.
 *
 * @throws CheckpointError E_HEADER_INVALID, E_FILE_TRUNCATED
 */
export function readMetadata(cursor: Cursor, count: number): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const key = cursor.string("a metadata key", mostKeyBytes);
    const value = readValue(cursor, key);
    if (value !== null) entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

function readValue(cursor: Cursor, key: string): string | null {
  const type = cursor.u32(`the type of "${key}"`);
  if (type === arrayType) {
    skipArray(cursor, key, 1);
    return null;
  }
  if (type === stringType) return stringOrNull(cursor, key);
  const what = `"${key}"`;
  switch (type) {
    case 0:
      return String(cursor.u8(what));
    case 1:
      return String(cursor.i8(what));
    case 2:
      return String(cursor.u16(what));
    case 3:
      return String(cursor.i16(what));
    case 4:
      return String(cursor.u32(what));
    case 5:
      return String(cursor.i32(what));
    case 6:
      return String(cursor.f32(what));
    case 7:
      return String(cursor.u8(what) !== 0);
    case 10:
      return String(cursor.u64(what));
    case 11:
      return String(cursor.i64(what));
    case 12:
      return String(cursor.f64(what));
    default:
      throw unknownType(cursor, key, type);
  }
}

function stringOrNull(cursor: Cursor, key: string): string | null {
  const bytes = cursor.count(`a length of "${key}"`, 1);
  if (bytes <= mostKeptBytes) return cursor.text(bytes, `"${key}"`);
  cursor.skip(bytes, `"${key}"`);
  return null;
}

function skipArray(cursor: Cursor, key: string, depth: number): void {
  const type = cursor.u32(`the element type of "${key}"`);
  const bytesEach = scalarBytes.get(type);
  if (bytesEach !== undefined) {
    cursor.skip(cursor.count(`a length of "${key}"`, bytesEach) * bytesEach, `"${key}"`);
    return;
  }
  if (type !== stringType && type !== arrayType) throw unknownType(cursor, key, type);
  const length = cursor.count(`a length of "${key}"`, type === stringType ? 8 : 12);
  if (type === arrayType && depth === mostNesting) throw unknownType(cursor, key, type);
  for (let i = 0; i < length; i++) {
    if (type === arrayType) skipArray(cursor, key, depth + 1);
    else cursor.skip(cursor.count(`a length in "${key}"`, 1), `"${key}"`);
  }
}

function unknownType(cursor: Cursor, key: string, type: number): CheckpointError {
  return new CheckpointError("E_HEADER_INVALID", {
    file: cursor.path,
    expected: `a known type for the metadata "${key}", arrays at most ${mostNesting} deep`,
    got: `type ${type}`,
    remedy: "the file is damaged: copy or download it again",
  });
}
