import type { DecodedArray, PageHeader } from "hyparquet";
import { claim } from "./damage.js";
import { deltaEnd } from "./delta.js";
import { decodeRuns } from "./runs.js";
import type { Leaf } from "./schema.js";

/** Values in a page, nulls included. */
const mostValues = 2 ** 24;

/** A data page as hyparquet can read it safely: decompressed, with what its lengths claim checked. */
export interface CheckedPage {
  readonly bytes: Uint8Array;
  readonly header: PageHeader;
  /** Values in it, nulls included. */
  readonly values: number;
  /** Whether it begins with the rest of a row. */
  readonly continues: boolean;
}

type Page = Omit<CheckedPage, "bytes"> & { readonly encoding: string; readonly at: number; readonly present: number };

/**
 * Checks a data page (version 1: `bytes` is the whole page, decompressed).
 * @throws {Damage}
 */
export function checkPage(bytes: Uint8Array, header: PageHeader, leaf: Leaf, dictionary?: DecodedArray): CheckedPage {
  const fitted = { ...header, compressed_page_size: bytes.length, uncompressed_page_size: bytes.length };
  const page = header.type === "DATA_PAGE" ? version1(bytes, fitted, leaf) : version2(bytes, fitted, leaf);
  if (page.present > 0) checkValues(bytes, page, leaf, dictionary);
  return { bytes, header: page.header, values: page.values, continues: page.continues };
}

function version1(bytes: Uint8Array, header: PageHeader, leaf: Leaf): Page {
  const about = header.data_page_header;
  claim(about !== undefined, "a page has no header");
  const values = valueCount(about.num_values);
  let at = 0;
  const levels = (most: number, encoding: string) => {
    if (most === 0) return undefined;
    claim(encoding === "RLE", `its levels have the encoding ${encoding}, which is not read`);
    claim(at + 4 <= bytes.length, "its levels reach beyond the page");
    const start = at + 4;
    at = start + new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
    return levelsOf(bytes, start, at, most, values);
  };
  const repetition = levels(leaf.maxRepetition, about.repetition_level_encoding);
  const definition = levels(leaf.maxDefinition, about.definition_level_encoding);
  const present = presentIn(definition, leaf, values);
  const encoding = present === 0 ? "PLAIN" : about.encoding;
  const plain = { ...header, data_page_header: { ...about, encoding } };
  return { header: plain, values, continues: (repetition?.[0] ?? 0) > 0, encoding, at, present };
}

function version2(bytes: Uint8Array, header: PageHeader, leaf: Leaf): Page {
  const about = header.data_page_header_v2;
  claim(about !== undefined, "a page has no header");
  const values = valueCount(about.num_values);
  const { repetition_levels_byte_length: repetitionEnd, definition_levels_byte_length: definitionBytes } = about;
  const at = repetitionEnd + definitionBytes;
  const { maxRepetition, maxDefinition } = leaf;
  claim(maxRepetition > 0 || repetitionEnd === 0, "it has levels where its schema has none");
  claim(maxDefinition > 0 || definitionBytes === 0, "it has levels where its schema has none");
  const repetition = maxRepetition > 0 ? levelsOf(bytes, 0, repetitionEnd, maxRepetition, values) : undefined;
  const definition = maxDefinition > 0 ? levelsOf(bytes, repetitionEnd, at, maxDefinition, values) : undefined;
  const present = presentIn(definition, leaf, values);
  claim(present === values - about.num_nulls, "a page has more or fewer nulls than its header says");
  const rows = repetition === undefined ? values : repetition.filter((level) => level === 0).length;
  claim(rows === about.num_rows, "a page has more or fewer rows than its header says");
  const encoding = present === 0 ? "PLAIN" : about.encoding;
  const plain = { ...header, data_page_header_v2: { ...about, encoding, is_compressed: false } };
  return { header: plain, values, continues: (repetition?.[0] ?? 0) > 0, encoding, at, present };
}

function valueCount(values: number): number {
  claim(Number.isInteger(values) && values >= 0 && values <= mostValues, "a page has more than 2^24 values");
  return values;
}

function levelsOf(bytes: Uint8Array, start: number, end: number, most: number, values: number): Uint32Array {
  const levels = decodeRuns(bytes, start, end, 32 - Math.clz32(most), values);
  claim(
    levels.every((level) => level <= most),
    "its levels are higher than its schema has",
  );
  return levels;
}

function presentIn(definition: Uint32Array | undefined, { maxDefinition }: Leaf, values: number): number {
  if (definition === undefined) return values;
  let present = 0;
  for (const level of definition) if (level === maxDefinition) present += 1;
  return present;
}

function checkValues(bytes: Uint8Array, page: Page, { element }: Leaf, dictionary: DecodedArray | undefined): void {
  const { encoding, at, present } = page;
  switch (encoding) {
    case "PLAIN":
    case "BYTE_STREAM_SPLIT":
      return;
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY":
      checkIndices(bytes, page, dictionary?.length ?? 0);
      return;
    case "RLE": {
      claim(element.type === "BOOLEAN" && at + 4 <= bytes.length, "its runs reach beyond the page");
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
      decodeRuns(bytes, at + 4, at + 4 + length, 1, present);
      return;
    }
    case "DELTA_BINARY_PACKED":
      claim(element.type === "INT32" || element.type === "INT64", "its deltas are of no integers");
      deltaEnd(bytes, at, present);
      return;
    case "DELTA_LENGTH_BYTE_ARRAY":
      claim(element.type === "BYTE_ARRAY", "its deltas are of no texts");
      deltaEnd(bytes, at, present);
      return;
    default:
      claim(false, `its values have the encoding ${encoding}, which is not read`);
  }
}

function checkIndices(bytes: Uint8Array, { at, present, header }: Page, known: number): void {
  claim(known > 0 && at < bytes.length, "a page refers to a dictionary that is not there");
  const width = bytes[at]!;
  if (width === 0 && header.type === "DATA_PAGE") return; // hyparquet reads no runs
  const indices = decodeRuns(bytes, at + 1, bytes.length, width, present);
  const highest = indices.reduce((most, index) => Math.max(most, index), 0);
  claim(highest < known, "a page refers to a value beyond its dictionary");
}
