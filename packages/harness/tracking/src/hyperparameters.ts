import type { PlannedRun } from "@petl/bench";
import type { TrackedSuite } from "./tracker.js";

/** What a run was asked to do, by name, as JSON can hold it: method and its settings, task, seed, backbone, training settings and options. */
export function hyperparameters(run: PlannedRun, { name, backbone }: TrackedSuite): Readonly<Record<string, unknown>> {
  const { method, config, task, stage, trial, settings, options } = run;
  return {
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
}

/** The same with a text for each value. */
export function hyperparameterTexts(run: PlannedRun, suite: TrackedSuite): Readonly<Record<string, string>> {
  const values = Object.entries(hyperparameters(run, suite));
  return Object.fromEntries(values.map(([key, value]) => [key, shown(value)]));
}

function prefixed(name: string, config: unknown): Record<string, unknown> {
  if (config === null || typeof config !== "object") return {};
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`${name}.${key}`, value]));
}

const shown = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? "none"));
