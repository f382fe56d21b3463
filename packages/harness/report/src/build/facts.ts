import { canonicalJson, type RunRecord } from "@petl/results";
import { runOptions, type Setting, trainingSettings } from "@petl/settings";
import type { EnvironmentFacts, Fact } from "../model/model.js";
import { distinct, groupBy, present } from "../statistics/statistics.js";
import { formatBytes, formatCount, formatSeconds } from "../text/format.js";
import { scoredHow } from "../text/protocol.js";

/** What sets a group apart from the others, in short. */
export function groupName({ run: { backbone, device, settings } }: RunRecord): string {
  const limits = [
    ...(settings.limit === null ? [] : [`at most ${formatCount(settings.limit)} training examples`]),
    ...(settings.evalLimit === null ? [] : [`at most ${formatCount(settings.evalLimit)} evaluation examples`]),
  ];
  return [backbone, device, settings.precision, ...limits].join(", ");
}

/** What all runs of a group share. */
export function groupFacts(records: readonly RunRecord[]): Fact[] {
  const { run } = records[0]!;
  const source = present(records.map(({ backboneSource }) => backboneSource))[0];
  const { family, modelType } = modelOf(records);
  const origin = {
    random: "random initialisation",
    package: "from its package",
    directory: "from a directory",
    hub: "from the hub",
  };
  const checksum = source?.sha256 ?? source?.paramsSha256;
  const backbone = [
    run.backbone,
    ...(source ? [origin[source.kind]] : []),
    ...(family ? [`family ${family}${modelType === null ? "" : `, model type ${modelType}`}`] : []),
    ...(source?.revision ? [`revision ${source.revision}`] : []),
    ...(checksum ? [`sha256 ${checksum.slice(0, 12)}…`] : []),
  ];
  const { protocol } = run.settings;
  const facts = [
    { label: "Protocol", value: `${protocol}: each score is ${scoredHow[protocol]}` },
    { label: "Backbone", value: backbone.join(", ") },
    {
      label: "Device",
      value: distinct(
        records.map(({ run: { device }, environment }) => deviceName(device, environment.deviceName)),
      ).join("; "),
    },
    { label: "Precision", value: run.settings.precision },
    {
      label: "Seeds",
      value: distinct(records.map((record) => record.run.seed))
        .sort((a, b) => a - b)
        .join(", "),
    },
  ];
  const data = dataFacts(records);
  return data === null ? facts : [...facts, { label: "Data", value: data }];
}

/** The family and type of the backbone, of a run that came far enough to say. */
function modelOf(records: readonly RunRecord[]) {
  const known = present(records.map(({ identity }) => identity)).map(({ backbone }) => backbone);
  return known.find(({ modelType }) => modelType !== null) ?? known[0] ?? { family: null, modelType: null };
}

function deviceName(asked: string, found: string): string {
  return found === "" || found === asked ? asked : `${asked} (${found})`;
}

function dataFacts(records: readonly RunRecord[]): string | null {
  const tasks = [...groupBy(records, ({ run }) => run.task).values()].map(
    (list) => present(list.map(({ data }) => data))[0],
  );
  const known = present(tasks);
  if (known.length === 0) return null;
  const name = known[0]!.source === "glue" ? "GLUE" : "built-in sample, not GLUE";
  const dropped = known.flatMap(({ files }) => files).reduce((sum, file) => sum + file.droppedRows, 0);
  const train = range(known.map(({ trainExamples }) => trainExamples));
  const evaluated = range(known.map(({ evalExamples }) => evalExamples));
  const tested = present(known.map(({ testExamples }) => testExamples));
  const sizes =
    tested.length === 0
      ? `${train} training and ${evaluated} evaluation examples`
      : `${train} training, ${evaluated} held-out and ${range(tested)} dev examples`;
  const text = `${name}; ${sizes} for each task`;
  return dropped > 0 ? `${text}; ${formatCount(dropped)} defective rows dropped` : text;
}

function range(values: readonly number[]): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
}

/** Each setting once; where runs differ, each value with the variants that used it. */
export function settingFacts(
  runs: readonly { readonly label: string; readonly records: readonly RunRecord[] }[],
): Fact[] {
  return Object.entries(recordedSettings).flatMap(([key, setting]) => {
    const values = new Map<string, string[]>();
    for (const { label: variant, records } of runs) {
      for (const value of distinct(
        records.map(({ run }) =>
          key === "learningRate" && run.chosen !== null
            ? "chosen for each method and task"
            : settingText(setting, run.settings[key as keyof typeof recordedSettings]),
        ),
      )) {
        values.set(value, [...(values.get(value) ?? []), variant]);
      }
    }
    if (values.size === 1 && values.has(none)) return [];
    const texts = [...values].map(([value, variants]) =>
      values.size === 1 ? value : `${value} (${variants.join(", ")})`,
    );
    return [{ label: setting.label, value: texts.join("; ") }];
  });
}

const { precision: _aFactOfItsOwn, ...otherOptions } = runOptions;
const recordedSettings = { ...trainingSettings, ...otherOptions };

const none = "not set";

function settingText({ kind }: Setting<unknown>, value: unknown): string {
  if (value === null) return none;
  const text = kind.show(value);
  const isCount = typeof value === "number" && text === String(value) && value >= 1000;
  return isCount ? formatCount(value) : text;
}

/** The machines and versions the runs used; runs with equal facts together, whatever packages their methods add. */
export function environmentFacts(records: readonly RunRecord[]): EnvironmentFacts[] {
  const groups = groupBy(records, (record) => canonicalJson([machineFacts(record), record.environment.commit]));
  return [...groups.values()].map((list) => ({
    runs: list.length,
    facts: [
      ...machineFacts(list[0]!),
      { label: "Packages", value: packagesText(list) },
      { label: "Commit", value: distinct(list.map(commitText)).join("; ") },
    ].filter(({ value }) => value !== ""),
  }));
}

function machineFacts({ environment: e }: RunRecord): Fact[] {
  const details = Object.entries(e.deviceDetails).map(([key, value]) => `${key} ${detailText(value)}`);
  return [
    { label: "Processor", value: `${e.cpu}, ${e.cores} cores, ${formatBytes(e.hostMemoryBytes)} memory` },
    { label: "System", value: `${e.platform} ${e.arch}, Node ${e.node}` },
    { label: "Device", value: [e.deviceName, ...details].join(", ") },
    ...(e.gpu ? [{ label: "GPU", value: `${e.gpu.name}, driver ${e.gpu.driver}, ${e.gpu.uuid}` }] : []),
  ];
}

/** A long list by its length. */
function detailText(value: unknown): string {
  if (Array.isArray(value) && value.length > 6) return `(${value.length})`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function packagesText(records: readonly RunRecord[]): string {
  const versions = records.flatMap(({ environment }) => Object.entries(environment.packages));
  return distinct(versions.map(([name, version]) => `${name} ${version}`))
    .sort()
    .join(", ");
}

function commitText({ environment: { commit, dirty } }: RunRecord): string {
  return commit === null ? "not known" : `${commit}${dirty ? " with uncommitted changes" : ""}`;
}

/** Each energy sensor read, with its periods, the samples a run and how many runs it served. */
export function sensorFacts(records: readonly RunRecord[]): string[] {
  const read = present(records.map(({ energy }) => energy)).filter(({ source }) => source !== null);
  const period = (seconds: number | null) => (seconds === null ? "not known" : formatSeconds(seconds));
  const name = (energy: (typeof read)[number]) =>
    `${energy.source}, sampled every ${period(energy.samplePeriodS)}, update period ${period(energy.updatePeriodS)}`;
  return [...groupBy(read, name)].map(
    ([text, list]) =>
      `${text}, ${range(list.map(({ samples }) => samples))} samples for each run (${list.length} runs)`,
  );
}
