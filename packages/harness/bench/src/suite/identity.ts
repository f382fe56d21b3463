import { createHash } from "node:crypto";
import type { BackboneFiles } from "@petl/backbone";
import { canonicalJson, type RunIdentity, type RunRecord } from "@petl/results";
import { identityValues, type RunOptions, recordedValues, runOptions, trainingSettings } from "@petl/settings";
import { isTableTask, type TableTask } from "@petl/table-tasks";
import type { Task } from "@petl/task";
import type { TrainSettings } from "@petl/trainer";
import type { FoundBackbone } from "../resolve/backbone.js";
import type { FoundDevice } from "../resolve/device.js";
import type { FoundMethod } from "../resolve/method.js";
import { configHash } from "./config-hash.js";
import type { FileDigests } from "./task-files.js";

/** What a run is made of, of which its identity is worked out. */
export interface RunParts {
  readonly stage: RunRecord["run"]["stage"];
  readonly method: FoundMethod;
  readonly config: unknown;
  readonly backbone: FoundBackbone;
  readonly backboneFiles: BackboneFiles;
  readonly device: FoundDevice;
  readonly task: Task;
  readonly files: FileDigests;
  readonly settings: TrainSettings;
  readonly options: RunOptions;
}

/** The identity of a planned run. What only its own process can tell, such as the threads it got, is null. */
export function plannedIdentity(parts: RunParts): RunIdentity {
  const { method, config, backbone, device, settings, options, files } = parts;
  const { revision, files: read } = parts.backboneFiles;
  const values = {
    config: config ?? null,
    settings: identityValues(trainingSettings, recordedValues(trainingSettings, settings)),
    options: identityValues(runOptions, recordedValues(runOptions, options)),
    ...(parts.stage !== "final" && { stage: parts.stage }),
    ...(isTableTask(parts.task) && { task: askedOf(parts.task) }), // GLUE's are the same wherever they are asked
  };
  return {
    method: { packageName: method.packageName, sha256: method.sha256 },
    backbone: {
      reference: backbone.reference,
      family: backbone.family.definition.name,
      modelType: null,
      ...{ revision, files: read && [...read], paramsSha256: null },
    },
    data: Object.entries(files).map(([name, sha256]) => ({ name, sha256 })),
    device: { name: device.provider.name, threads: null, kernels: null },
    settingsSha256: createHash("sha256").update(canonicalJson(values)).digest("hex"),
  };
}

/** What a task asks, whatever it is called and wherever its files are. */
function askedOf({ columns, label, target, metrics, cut, prompt, sortsFields, group, mergeRows }: TableTask): unknown {
  const asked = { columns, label, target, metrics, cut, prompt: prompt ?? null, sortsFields: sortsFields ?? false };
  return { ...asked, ...(group && { group }), ...(mergeRows && { mergeRows }) };
}

/**
 * Hash of an identity, for run ids. A commit of the hub stands for its files, which may not be downloaded yet; of a directory or a
 * package the files count and not the path, so that it can be moved.
 */
export function identityHash({ method, backbone, data, device, settingsSha256 }: RunIdentity, seed: number): string {
  const { reference, revision, files } = backbone;
  const isPath = reference.startsWith("/") || reference.startsWith("file:") || /^[A-Za-z]:[\\/]/.test(reference);
  return configHash({
    ...{ method, data, device, settingsSha256, seed },
    backbone: revision === null ? [isPath ? null : reference, files] : [reference, revision],
  });
}
