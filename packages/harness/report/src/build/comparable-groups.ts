import { createHash } from "node:crypto";
import { canonicalJson, type RunRecord } from "@petl/results";
import { distinct, groupBy, present } from "../statistics/statistics.js";
import { groupName } from "./facts.js";
import { ofStage } from "./stages.js";

/** Runs that can share a table, and a name that no other group of the report has. */
export interface ComparableGroup {
  readonly name: string;
  readonly records: readonly RunRecord[];
}

/**
 * Sorts runs into groups that can share a table: same backbone, device, precision, limits and protocol, and, as far as each run says, the
 * same weights, commit, tokenizer, data, threads and kernels. A run that failed before it could say joins the others with its
 * settings. Runs of the untouched backbone, which train on nothing, join every group that differs in the training examples only.
 * Groups that would have one name are told apart by what differs.
 */
export function comparableGroups(records: readonly RunRecord[]): ComparableGroup[] {
  const asked = (record: RunRecord) => canonicalJson([askedOf(record), record.run.settings.limit]);
  const baselines = ofStage(records, "baseline");
  const others = records.filter((record) => !baselines.includes(record));
  const groups = [...groupBy(others, asked).values()].flatMap(byWhatWasFound);
  const alone = new Set(baselines);
  const whole = groups.map((group) => {
    const joining = baselines.filter((baseline) => askedOf(baseline) === askedOf(group[0]!) && fits(baseline, group));
    for (const baseline of joining) alone.delete(baseline);
    return [...group, ...joining];
  });
  return told([...whole, ...[...groupBy([...alone], asked).values()].flatMap(byWhatWasFound)]);
}

/** What a run was asked for, but the number of training examples. */
function askedOf({ run: { backbone, device, settings } }: RunRecord): string {
  const { precision, evalLimit, threads, cpuKernels, protocol } = settings;
  const heldOut = protocol === "tuned" ? settings.validation : null;
  return canonicalJson([backbone, device, precision, evalLimit, threads, cpuKernels, protocol, heldOut]);
}

/** What a run found, by name; a name that two runs share must have one value in a group. */
type Findings = ReadonlyMap<string, string>;

function findings({ run, data, backboneSource, identity, environment }: RunRecord): Findings {
  const found = new Map<string, string>();
  if (data !== null) {
    found.set("source of data", data.source);
    for (const { name, sha256 } of data.files) found.set(`data ${run.task} ${name}`, sha256); // trials read no dev file
  }
  if (backboneSource !== null) {
    const { kind, sha256, revision, paramsSha256 } = backboneSource;
    found.set("weights", canonicalJson([kind, sha256]));
    found.set("revision", revision ?? "");
    const parameters = kind === "random" ? `parameters, seed ${run.seed}` : "parameters"; // a seed draws its own
    if (paramsSha256 !== null) found.set(parameters, paramsSha256);
  }
  const beside = identity?.backbone.files?.filter(({ name }) => !/\.(safetensors|gguf)$/.test(name));
  if (beside !== undefined) found.set("tokenizer and configuration", canonicalJson(beside));
  const threads = identity?.device.threads ?? environment.deviceDetails.threads;
  if (typeof threads === "number") found.set("threads", String(threads));
  if (identity != null && identity.device.kernels !== null) found.set("kernels", identity.device.kernels);
  return found;
}

function byWhatWasFound(records: readonly RunRecord[]): RunRecord[][] {
  const groups: { found: Map<string, string>; records: RunRecord[] }[] = [];
  for (const record of records) {
    const found = findings(record);
    let group = groups.find((each) => agree(found, each.found));
    if (group === undefined) {
      group = { found: new Map(), records: [] };
      groups.push(group);
    }
    for (const [name, value] of found) group.found.set(name, value);
    group.records.push(record);
  }
  return groups.map((group) => group.records);
}

/** Whether a run found what the others did. */
function fits(record: RunRecord, group: readonly RunRecord[]): boolean {
  const found = findings(record);
  return group.every((other) => agree(found, findings(other)));
}

function agree(one: Findings, other: Findings): boolean {
  return [...one].every(([name, value]) => (other.get(name) ?? value) === value);
}

/** Names groups; those of one name get what differs between them behind it. */
function told(groups: readonly RunRecord[][]): ComparableGroup[] {
  const named = groups.map((records) => ({ name: groupName(records[0]!), records }));
  return named.map(({ name, records }) => {
    const alike = named.filter((other) => other.name === name).map((other) => qualities(other.records));
    const own = qualities(records);
    const differing = Object.keys(own).filter((key) => distinct(alike.map((each) => each[key] ?? "")).length > 1);
    return { name: [name, ...differing.map((key) => `${key} ${own[key]}`)].join(", "), records };
  });
}

/** What may tell a group from another, in short. */
function qualities(records: readonly RunRecord[]): Record<string, string> {
  const all = records.map(findings);
  const value = (name: string) => all.map((found) => found.get(name)).find((each) => each !== undefined);
  const digest = (names: RegExp) => {
    const values = all.flatMap((found) =>
      [...found].filter(([name]) => names.test(name)).map((each) => canonicalJson(each)),
    );
    return values.length === 0 ? "not known" : short(distinct(values).sort().join());
  };
  const { threads, cpuKernels, protocol, validation } = records[0]!.run.settings;
  const weights = present(records.map(({ backboneSource }) => backboneSource?.paramsSha256 ?? null)).sort()[0];
  return {
    protocol,
    "held-out rows": validation === null ? "by default" : String(validation),
    threads: value("threads") ?? (threads === null ? "not known" : String(threads)),
    kernels: value("kernels") ?? cpuKernels,
    revision: value("revision")?.slice(0, 12) || "none",
    weights: weights?.slice(0, 8) ?? "not known",
    "tokenizer and configuration": digest(/^tokenizer/),
    data: digest(/data/),
  };
}

const short = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
