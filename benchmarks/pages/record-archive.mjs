import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { markFolder } from "@petl/files";
import { parseRecord, readRecords, writeRecord } from "@petl/results";

const ending = ".jsonl.gz";

/**
 * The records of an output directory of `bench glue`, or of an archive that `writeArchive` made, without names of this machine's folders.
 *
 * @param {string} path
 * @returns {Promise<import("@petl/results").RunRecord[]>}
 * @throws Error where there is nothing to read, or a file of a directory cannot be read
 */
export async function recordsOf(path) {
  if (!existsSync(path)) throw new Error(`${path}: expected a directory of records or an archive, got nothing there`);
  if (statSync(path).isFile()) {
    if (!path.endsWith(ending)) throw new Error(`${path}: expected an archive ${ending} or a directory`);
    const lines = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");
    return lines.map((line) => parseRecord(JSON.parse(line)));
  }
  const { records, problems } = await readRecords(path);
  if (problems.length > 0) throw new Error(`${problems[0].file}: ${problems[0].message}`);
  return records.map(withoutFolders);
}

/**
 * Writes records into one compressed file, a line each in order of id, the same bytes for the same records. Of trials, what
 * no report shows is left out.
 *
 * @param {string} file
 * @param {readonly import("@petl/results").RunRecord[]} records
 */
export function writeArchive(file, records) {
  const lines = records
    .map(shortened)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(file, gzipSync(lines.join(""), { level: 9 }));
}

/**
 * Makes an output directory of `bench glue` from an archive, so that a suite goes on from its runs.
 *
 * @param {string} file
 * @param {string} out a directory that does not exist yet
 */
export async function unpack(file, out) {
  mkdirSync(out, { recursive: true });
  markFolder(out, "bench output", {});
  for (const record of await recordsOf(file)) await writeRecord(out, record);
}

/** A record without the machine's folder names: a backbone is named by the last part of its path. */
function withoutFolders(record) {
  const { run, identity, data, backboneSource } = record;
  return {
    ...record,
    run: { ...run, backbone: nameOf(run.backbone) },
    identity: identity && {
      ...identity,
      backbone: { ...identity.backbone, reference: nameOf(identity.backbone.reference) },
    },
    data: data && { ...data, directory: null },
    backboneSource: backboneSource && { ...backboneSource, name: nameOf(backboneSource.name) },
  };
}

/** The last part of a path; any other name as it is. */
const nameOf = (name) => (/^(\/|[A-Za-z]:[\\/]|file:)/.test(name) ? basename(name) : name);

/** A trial without its course: there are many, and no report shows it. */
const shortened = (record) =>
  record.run.stage === "trial" ? { ...record, curve: [], windows: [], epochs: [] } : record;
