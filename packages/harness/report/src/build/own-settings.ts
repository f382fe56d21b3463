import { canonicalJson, type RunRecord } from "@petl/results";
import { runOptions, tellingValues, trainingSettings } from "@petl/settings";

/** What a search chooses, and what may follow from its choice. */
const searched = ["learningRate", "warmupSteps"] as const;
/** What trials have of their own besides: they are shorter than what they choose for. */
const length = ["epochs", "steps", "evalEvery", "patience"] as const;

/**
 * What tells runs apart: not what changes neither a result nor a cost, nor which of several GPUs was used, nor the rate that a search
 * chose for the method and task.
 */
export function ownSettings(run: RunRecord["run"]): Readonly<Record<string, unknown>> {
  const found = known.get(run) ?? findOwn(run);
  known.set(run, found);
  return found;
}

/** By run: each is asked for several times, and there may be thousands. */
const known = new WeakMap<RunRecord["run"], Readonly<Record<string, unknown>>>();

function findOwn({ settings, chosen }: RunRecord["run"]): Record<string, unknown> {
  const { gpu: _, precision: _ofTheGroup, ...own } = tellingValues({ ...trainingSettings, ...runOptions }, settings);
  return chosen === null ? own : { ...without(own, searched), learningRate: "searched" };
}

/** Equal for the trials of a search and the runs with what it chose. */
export function searchKey({ run }: RunRecord): string {
  const settings = without(ownSettings(run), [...searched, ...length]);
  return canonicalJson([run.method, run.methodPackage, run.methodConfig, settings]);
}

function without(settings: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}
