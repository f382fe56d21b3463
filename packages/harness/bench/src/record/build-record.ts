import type { HostTrace, Meter, Trace, Window } from "@petl/meter";
import { type RunRecord, type RunSettings, SCHEMA_VERSION } from "@petl/results";
import { recordedValues, runOptions, trainingSettings } from "@petl/settings";
import type { ChildEnding } from "../child/protocol.js";
import type { Plan } from "../suite/plan.js";
import type { PlannedRun } from "../suite/planned-run.js";
import { conditionsPart } from "./conditions-part.js";
import { gpuEnergyPart, hostEnergyPart } from "./energy-part.js";
import { environmentPart, type MachineFacts } from "./environment.js";
import { epochsPart } from "./epochs-part.js";
import { identityPart } from "./identity-part.js";
import { whyNotWhole } from "./interrupted.js";
import { loadPart } from "./load-part.js";
import { lossScalingPart } from "./loss-scaling-part.js";
import { memoryPart } from "./memory-part.js";
import type { Observation, WindowName } from "./observation.js";
import { answersPart, curvePart, scoresPart } from "./scores-part.js";
import { taskPart } from "./task-part.js";
import { timePart } from "./time-part.js";

/** Everything seen of one run, from inside and outside. */
export interface Watched {
  readonly observation: Observation;
  readonly ending: ChildEnding;
  readonly startedAtS: number;
  readonly endedAtS: number;
  readonly host: HostTrace | null;
  /** Null on a device that computes on the host. */
  readonly gpu: { readonly trace: Trace; readonly idle: readonly Window[] } | null;
  /** How long the machine was left alone before. */
  readonly coolDownS: number;
}

/** What is the same for all runs of a suite. */
export interface Machine {
  readonly facts: MachineFacts;
  /** Whether other runs of the suite go on beside. */
  readonly isShared: boolean;
  /** Null where the device computes on the host. */
  readonly meter: Meter | null;
  /** What others held on the device when the suite began; null where it was free. */
  readonly heldBytes: number | null;
}

/** The record of a run, whatever its ending; `trace` is the file beside it, if one was written. */
export function buildRecord(
  plan: Plan,
  run: PlannedRun,
  { facts, isShared, heldBytes }: Machine,
  watched: Watched,
  trace: RunRecord["trace"] = null,
): RunRecord {
  const { observation, ending, startedAtS, endedAtS, host, gpu, coolDownS } = watched;
  const { attached, backbone } = observation;
  const window = { fromS: startedAtS, toS: endedAtS };
  const [baseline = window] = gpu?.idle ?? [];
  const { load, processorS } = loadPart(host, observation);
  const energyOf = (windows: Readonly<Record<WindowName, readonly Window[]>>) =>
    gpu ? gpuEnergyPart(gpu.trace, windows, gpu.idle) : hostEnergyPart(host, windows, isShared);
  return {
    schemaVersion: SCHEMA_VERSION,
    id: run.id,
    status: ending.completed ? "completed" : ending.cancelled ? "cancelled" : "failed",
    error:
      ending.error === null || ending.cancelled
        ? null
        : { ...ending.error, exitCode: ending.exitCode, signal: ending.signal },
    startedAt: new Date(startedAtS * 1000).toISOString(),
    endedAt: new Date(endedAtS * 1000).toISOString(),
    run: runPart(plan, run, attached?.warmupSteps),
    task: taskPart(run.task),
    identity: identityPart(run.identity, observation),
    counts: attached && countsPart(attached),
    scores: scoresPart(observation),
    answers: run.stage === "trial" ? [] : answersPart(observation),
    curve: curvePart(observation),
    lossScaling: lossScalingPart(observation),
    windows: windowsPart(observation),
    resumed: observation.resumed.map(resumedPart),
    trace,
    time: timePart(observation, startedAtS, processorS),
    load,
    memory: memoryPart(observation, host, gpu && { trace: gpu.trace, window, baseline }),
    energy: resumedEnergy(energyOf(observation.windows), observation),
    epochs: epochsPart(observation, energyOf),
    activationCache: observation.cache && cachePart(observation.cache),
    conditions: gpu && conditionsPart(gpu.trace, observation.windows, coolDownS),
    environment: environmentPart(
      facts,
      plan.device.provider.name,
      observation.device,
      [plan.device, run.method, plan.family],
      heldBytes,
    ),
    data: observation.data,
    backboneSource: backbone,
  };
}

function resumedPart({ step, atS }: Observation["resumed"][number]) {
  return { step, at: new Date(atS * 1000).toISOString() };
}

/** An earlier process's power was not kept: the reason of what is missing says so. */
function resumedEnergy(energy: NonNullable<RunRecord["energy"]>, observation: Observation): RunRecord["energy"] {
  const why = whyNotWhole(observation, "its power");
  return why === null || energy.reason === null ? energy : { ...energy, reason: `${why}; ${energy.reason}` };
}

function windowsPart({ windows }: Observation): RunRecord["windows"] {
  const named = (name: "training" | "evaluation") => windows[name].map((window) => ({ name, ...window }));
  return [...named("training"), ...named("evaluation")].sort((a, b) => a.fromS - b.fromS);
}

function cachePart({ reason, figures }: NonNullable<Observation["cache"]>): RunRecord["activationCache"] {
  return { reason, figures: figures && { ...figures, warnings: [...figures.warnings] } };
}

function countsPart(attached: NonNullable<Observation["attached"]>): NonNullable<RunRecord["counts"]> {
  const { trainableParams, headParams, totalParams, backwardLayers, layers, gradientStart, sites } = attached;
  return { trainableParams, headParams, totalParams, backwardLayers, layers, gradientStart, sites };
}

function runPart({ suite, device }: Plan, run: PlannedRun, warmupSteps: number | undefined): RunRecord["run"] {
  return {
    suite: suite.name,
    stage: run.stage,
    trial: run.trial && { ...run.trial },
    chosen: run.chosen && { ...run.chosen },
    method: run.method.name,
    methodPackage: run.method.packageName,
    methodConfig: run.config ?? null,
    task: run.task.name,
    seed: run.seed,
    backbone: suite.backbone,
    device: device.provider.name,
    settings: settingsPart(run, warmupSteps),
  };
}

/** The settings as they had effect; `warmupSteps` is what the run derived, if it came that far. */
function settingsPart({ settings, options }: PlannedRun, warmupSteps: number | undefined): RunSettings {
  return {
    ...recordedValues(trainingSettings, settings),
    ...(warmupSteps !== undefined && { warmupSteps }),
    ...recordedValues(runOptions, options),
    precision: options.precision === "f32" ? "float32" : options.precision,
  };
}
