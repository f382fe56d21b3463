import type { PlannedRun } from "@petl/bench";
import type { TrackedSuite } from "./tracker.js";

/** What a run was asked to do, one text for each name: method and its settings, task, seed, backbone, training settings and options. */
export function hyperparameters(run: PlannedRun, { name, backbone }: TrackedSuite): Readonly<Record<string, string>> {
  const { method, config, task, stage, trial, settings, options } = run;
  const values = {
    suite: name,
    method: method.name,
    ...prefixed("method", config),
    task: task.name,
    backbone,
    device: run.identity.device.name,
    stage,
    ...(trial && { trial: trial.number, rung: trial.rung }),
    ...settings,
    ...options,
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, shown(value)]));
}

function prefixed(name: string, config: unknown): Record<string, unknown> {
  if (config === null || typeof config !== "object") return {};
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`${name}.${key}`, value]));
}

const shown = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? "none"));
