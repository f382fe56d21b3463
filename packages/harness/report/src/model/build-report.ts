import { canonicalJson, type RunRecord } from "@petl/results";
import { cleanText } from "../text/text.js";
import { buildGroup } from "./build-group.js";
import { environmentFacts, sensorFacts } from "./facts.js";
import type { LeftOut, ReportModel } from "./model.js";
import type { ReportOptions } from "./options.js";
import { groupBy } from "./statistics.js";
import { runName } from "./variants.js";

/**
 * Works out everything a report says from run records. Pure: the same records and options give the same model.
 *
 * Runs that cannot be compared (another backbone, device, precision or data) are kept in groups of their own.
 */
export function buildReport(records: readonly RunRecord[], options: ReportOptions): ReportModel {
  const byteUnit = options.byteUnit ?? "decimal";
  const dirty = options.cleanOnly === true ? records.filter(({ environment }) => environment.dirty !== false) : [];
  const kept = records.filter((record) => !dirty.includes(record));
  const groups = comparableGroups(sorted(kept)).map((list, index) => buildGroup(`group-${index + 1}`, list, options));
  return {
    title: cleanText(options.title ?? "What each method cost and scored"),
    generatedAt: options.generatedAt ?? null,
    reference: options.reference,
    byteUnit,
    runs: records.length,
    groups: groups.map(({ group }) => group),
    leftOut: [
      ...unfinished(kept),
      ...sorted(dirty).map(leftOutDirty),
      ...groups.flatMap(({ superseded }) => superseded),
      ...(options.problems ?? []).map(
        ({ file, message }): LeftOut => ({ what: file, kind: "unreadable", why: message }),
      ),
    ],
    published: options.published ?? [],
    planned: options.planned ?? [],
    sensors: sensorFacts(kept),
    environments: environmentFacts(kept, byteUnit),
    empty: records.length === 0 ? emptyMessage(options) : null,
  };
}

function leftOutDirty(record: RunRecord): LeftOut {
  const why = record.environment.dirty
    ? "it ran uncommitted code, and only committed code was asked for"
    : "its commit is not known, and only committed code was asked for";
  return { what: runName(record), kind: "dirty", why };
}

/**
 * Runs that may stand in one table; one that failed before its data was known goes with the others of its settings.
 * No task of a group was read from two different sets of files.
 */
function comparableGroups(records: readonly RunRecord[]): RunRecord[][] {
  const conditions = ({ run }: RunRecord) =>
    canonicalJson([run.backbone, run.device, run.settings.precision, run.settings.limit, run.settings.evalLimit]);
  const sources = new Map<string, string>();
  for (const record of records) if (record.data) sources.set(conditions(record), record.data.source);
  const key = (record: RunRecord) => conditions(record) + (record.data?.source ?? sources.get(conditions(record)));
  return [...groupBy(records, key).values()].flatMap(byFiles);
}

function byFiles(records: readonly RunRecord[]): RunRecord[][] {
  const versions: { files: Map<string, string>; records: RunRecord[] }[] = [];
  for (const record of records) {
    const files = record.data && canonicalJson(record.data.files.map(({ name, sha256 }) => [name, sha256]).sort());
    const known = (version: (typeof versions)[number]) => version.files.get(record.run.task) ?? files;
    let version = versions.find((item) => files === null || known(item) === files);
    if (!version) {
      version = { files: new Map(), records: [] };
      versions.push(version);
    }
    if (files !== null) version.files.set(record.run.task, files);
    version.records.push(record);
  }
  return versions.map((version) => version.records);
}

function sorted(records: readonly RunRecord[]): RunRecord[] {
  return [...records].sort((a, b) =>
    a.id < b.id ? -1 : a.id > b.id ? 1 : Date.parse(a.startedAt) - Date.parse(b.startedAt),
  );
}

function unfinished(records: readonly RunRecord[]): LeftOut[] {
  return sorted(records).flatMap((record): LeftOut[] => {
    if (record.status === "completed") return [];
    return [{ what: runName(record), kind: record.status, why: whyUnfinished(record) }];
  });
}

function whyUnfinished({ error, status }: RunRecord): string {
  if (error === null) return status === "cancelled" ? "stopped by the user" : "no error was recorded";
  const ending = [
    ...(error.code === null ? [] : [error.code]),
    ...(error.exitCode === null ? [] : [`exit code ${error.exitCode}`]),
    ...(error.signal === null ? [] : [`signal ${error.signal}`]),
  ];
  return `${error.name}: ${error.message}${ending.length > 0 ? ` (${ending.join(", ")})` : ""}`;
}

function emptyMessage({ directories = [], problems = [] }: ReportOptions): string {
  const where = directories.length > 0 ? ` in ${directories.join(", ")}` : "";
  const unread = problems.length > 0 ? ` ${problems.length} file(s) there could not be read (see below).` : "";
  return `No run records${where}.${unread} Records lie in <directory>/runs/*.json: give the directory that "bench glue" wrote (its --out), or run "bench glue" first.`;
}
