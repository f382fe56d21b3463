import { basename } from "node:path";
import type { ReadFile } from "./read-file.js";
import { readCsv } from "./text/csv.js";
import { readJson } from "./text/json.js";
import { readJsonLines } from "./text/jsonl.js";

export interface Format {
  readonly name: "CSV" | "TSV" | "JSONL" | "JSON" | "Parquet";
  readonly gzipped: boolean;
  /** Whether fields may be quoted, unless the caller says otherwise. */
  readonly quotes: boolean;
  readonly read: ReadFile;
}

/** Its reader is loaded with the first such file: most tables are text, and every run's process loads this module. */
const readParquetFile: ReadFile = async (read) => (await import("./parquet/read.js")).readParquet(read);

const text = { quotes: true, gzipped: false } as const;
const formats: Readonly<Record<string, Format>> = {
  csv: { ...text, name: "CSV", read: (read) => readCsv(read, ",") },
  tsv: { ...text, name: "TSV", quotes: false, read: (read) => readCsv(read, "\t") },
  jsonl: { ...text, name: "JSONL", read: readJsonLines },
  ndjson: { ...text, name: "JSONL", read: readJsonLines },
  json: { ...text, name: "JSON", read: readJson },
  parquet: { ...text, name: "Parquet", read: readParquetFile },
};

/** The endings that are read, for messages. */
export const endings = `${Object.keys(formats)
  .map((ending) => `.${ending}`)
  .join(", ")}, also .gz after a text format`;

/** The format that a file's name says; undefined where it is none of ours. */
export function formatOf(path: string): Format | undefined {
  const [, ending, gz] = /\.([a-z]+)(\.gz)?$/.exec(basename(path).toLowerCase()) ?? [];
  const format = ending !== undefined && Object.hasOwn(formats, ending) ? formats[ending] : undefined;
  if (gz === undefined || format === undefined) return format;
  return format.name === "Parquet" ? undefined : { ...format, gzipped: true };
}
