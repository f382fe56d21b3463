import { isSettled, type RunRecord } from "@petl/results";
import type { LeftOut, ReportModel } from "../model/model.js";
import type { ReportOptions } from "../model/options.js";
import { cleanText } from "../text/text.js";
import { buildGroup } from "./build-group.js";
import { comparableGroups } from "./comparable-groups.js";
import { environmentFacts, sensorFacts } from "./facts.js";
import { runName } from "./run-name.js";
import { ofStage } from "./stages.js";

/**
 * Builds everything a report says from run records. Pure: the same records and options give the same model.
 *
 * Runs that cannot be compared (another backbone, weights, device, threads, kernels, precision or data, or another protocol) form separate groups.
 */
export function buildReport(records: readonly RunRecord[], options: ReportOptions): ReportModel {
  const dirty = options.cleanOnly === true ? records.filter(({ environment }) => environment.dirty !== false) : [];
  const kept = records.filter((record) => !dirty.includes(record));
  const groups = comparableGroups(sorted(kept)).map((group, index) => buildGroup(`group-${index + 1}`, group, options));
  return {
    title: cleanText(options.title ?? "What each method cost and scored"),
    generatedAt: options.generatedAt ?? null,
    reference: options.reference,
    runs: ofStage(records, "final").length,
    trials: ofStage(records, "trial").length,
    groups: groups.map(({ group }) => group),
    leftOut: [
      ...unfinished(kept),
      ...leftOutDirty(sorted(dirty)),
      ...groups.flatMap(({ superseded }) => superseded),
      ...(options.problems ?? []).map(
        ({ file, message }): LeftOut => ({ what: file, kind: "unreadable", why: message }),
      ),
    ],
    published: options.published ?? [],
    planned: options.planned ?? [],
    sensors: sensorFacts(kept),
    environments: environmentFacts(kept),
    empty: records.length === 0 ? emptyMessage(options) : null,
  };
}

/** Each run by name, and trials together: there are many. */
function leftOutDirty(records: readonly RunRecord[]): LeftOut[] {
  const runs = records.filter(({ run }) => run.stage !== "trial");
  const trials = records.length - runs.length;
  const named = runs.map((record): LeftOut => {
    const why = record.environment.dirty
      ? "it ran uncommitted code, which --clean-only leaves out"
      : "its commit is not known, and --clean-only keeps committed code only";
    return { what: runName(record), kind: "dirty", why };
  });
  const why = "they ran uncommitted code or code whose commit is not known, which --clean-only leaves out";
  return trials === 0 ? named : [...named, { what: `${trials} trials of searches`, kind: "dirty", why }];
}

function sorted(records: readonly RunRecord[]): RunRecord[] {
  return [...records].sort((a, b) =>
    a.id < b.id ? -1 : a.id > b.id ? 1 : Date.parse(a.startedAt) - Date.parse(b.startedAt),
  );
}

function unfinished(records: readonly RunRecord[]): LeftOut[] {
  return sorted(records).flatMap((record): LeftOut[] => {
    if (record.status === "completed" || isSettled(record)) return [];
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
  const unread =
    problems.length > 0
      ? ` ${problems.length === 1 ? "One file" : `${problems.length} files`} there could not be read: ${cleanText(problems[0]!.message)}${problems.length > 1 ? ", …" : ""}.`
      : "";
  return `No run records${where}.${unread} Records are <directory>/runs/*.json: give the --out directory of "bench glue", or run "bench glue" first.`;
}
