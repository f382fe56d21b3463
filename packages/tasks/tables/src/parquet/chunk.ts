import { crc32 } from "node:zlib";
import type { ColumnMetaData, DecodedArray, PageHeader } from "hyparquet";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert, DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { parsersOf } from "./cell.js";
import { claim } from "./damage.js";
import { decompress } from "./decompress.js";
import { type ReadAt, wholeNumber } from "./footer.js";
import { checkPage } from "./page.js";
import type { Leaf } from "./schema.js";
import { structEnd, Truncated } from "./thrift.js";

/** 256 MiB: largest page, decompressed. */
const largestPage = 2 ** 28;
const headerBytes = [2 ** 16, 2 ** 24];

/**
 * The values of one column in one row group, page by page, each array a whole number of rows. Rows of a list or a struct are nested
 * arrays, as hyparquet has them before it assembles columns.
 *
 * @param end where the last chunk of the file may end
 * @throws {Damage}, and whatever hyparquet throws
 */
export function* readChunk(readAt: ReadAt, leaf: Leaf, about: ColumnMetaData, end: number): Generator<DecodedArray> {
  const { dictionary_page_offset: dictionaryOffset, data_page_offset: dataOffset, codec } = about;
  let at = wholeNumber(dictionaryOffset || dataOffset, end, "page offset");
  const stop = at + wholeNumber(about.total_compressed_size, end - at, "column size");
  const values = wholeNumber(about.num_values, Number.MAX_SAFE_INTEGER, "number of values");
  claim(about.type === leaf.element.type, "its schema and its row groups differ");
  const parsers = { ...DEFAULT_PARSERS, ...parsersOf(leaf.element) };
  const { element } = leaf;
  const decoder = { pathInSchema: [...leaf.path], type: element.type!, element, schemaPath: [...leaf.schemaPath] };
  const safe = { ...decoder, codec: "UNCOMPRESSED" as const, parsers };
  let dictionary: DecodedArray | undefined;
  let unfinished: DecodedArray | undefined;
  for (let seen = 0; seen < values; ) {
    const { header, length } = readHeader(readAt, at, stop);
    at += length;
    const compressed = readAt(at, header.compressed_page_size);
    claim(header.crc === undefined || (crc32(compressed) | 0) === header.crc, "a page differs from its checksum");
    const body = pageBody(compressed, header, codec);
    at += header.compressed_page_size;
    if (body === undefined) continue;
    if (header.type === "DICTIONARY_PAGE") {
      claim(dictionary === undefined && seen === 0, "a column has two dictionaries");
      dictionary = convert(dictionaryOf(body, header, safe), safe);
      continue;
    }
    const page = checkPage(body, header, leaf, dictionary);
    if (page.values === 0) continue;
    claim(!page.continues || unfinished !== undefined, "a page begins inside a row");
    seen += page.values;
    const data = readPage(reader(body), page.header, safe, dictionary, unfinished, 0).data;
    claim(data !== undefined, "a page has no values");
    if (leaf.maxRepetition === 0) {
      claim(data.length === page.values, "a page has more or fewer values than its header says");
      yield data;
    } else {
      yield data.slice(0, -1);
      unfinished = data.slice(-1);
    }
  }
  if (unfinished !== undefined) yield unfinished;
}

function dictionaryOf(body: Uint8Array, header: PageHeader, decoder: Parameters<typeof readPage>[2]): DecodedArray {
  const about = header.dictionary_page_header;
  claim(about !== undefined && about.num_values >= 0 && about.num_values <= 2 ** 24, "its dictionary has a bad size");
  claim(about.encoding === "PLAIN" || about.encoding === "PLAIN_DICTIONARY", "its dictionary is not plain");
  const fitted = { ...header, compressed_page_size: body.length, uncompressed_page_size: body.length };
  return readPage(reader(body), fitted, decoder, undefined, undefined, 0).data ?? [];
}

function reader(bytes: Uint8Array): { view: DataView; offset: number } {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

function readHeader(readAt: ReadAt, at: number, stop: number): { header: PageHeader; length: number } {
  const left = stop - at;
  claim(left > 0, "a column has fewer values than its footer says");
  for (const most of headerBytes) {
    const bytes = readAt(at, Math.min(most, left));
    try {
      const length = structEnd(bytes, 0);
      const header = parquetHeader(reader(bytes));
      wholeNumber(header.compressed_page_size, left - length, "page size");
      wholeNumber(header.uncompressed_page_size, largestPage, "page size");
      return { header, length };
    } catch (error) {
      if (!(error instanceof Truncated) || bytes.length === left) throw error;
    }
  }
  throw new Truncated();
}

/** A page's bytes, decompressed, in a buffer of their own; undefined for a page that holds no values. */
function pageBody(bytes: Uint8Array, header: PageHeader, codec: ColumnMetaData["codec"]): Uint8Array | undefined {
  const { type, uncompressed_page_size: size, data_page_header_v2: about } = header;
  if (type === "DATA_PAGE" || type === "DICTIONARY_PAGE") return decompress(bytes, codec, size);
  if (type === "INDEX_PAGE") return undefined;
  claim(type === "DATA_PAGE_V2" && about !== undefined, "a page is of an unknown kind");
  const repetition = wholeNumber(about.repetition_levels_byte_length, bytes.length, "length of levels");
  const definition = wholeNumber(about.definition_levels_byte_length, bytes.length - repetition, "length of levels");
  const levels = repetition + definition;
  claim(levels <= size, "its levels reach beyond the page");
  const rest = bytes.subarray(levels);
  const values = about.is_compressed === false ? rest : decompress(rest, codec, size - levels);
  const body = new Uint8Array(levels + values.length);
  body.set(bytes.subarray(0, levels));
  body.set(values, levels);
  return body;
}
