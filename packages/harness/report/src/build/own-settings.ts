import { canonicalJson, type RunRecord } from "@petl/results";
import { lengthSettings, runOptions, tellingValues, trainingSettings } from "@petl/settings";

/** What a search chooses, and what may follow from its choice. */
const searched = ["learningRate", "warmupSteps"] as const;

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

/**
 * `own` is equal for the trials of a search and the runs that it chose for; `short` also for runs of another length, which may take what
 * a search found, and for trials of earlier versions, which do not say how long a whole run trains.
 */
export function searchKeys({ run }: RunRecord): SearchKeys {
  const found = knownKeys.get(run) ?? findKeys(run);
  knownKeys.set(run, found);
  return found;
}

interface SearchKeys {
  readonly own: string;
  readonly short: string;
}

/** As `known`: each is asked for once a task. */
const knownKeys = new WeakMap<RunRecord["run"], SearchKeys>();

function findKeys(run: RunRecord["run"]): SearchKeys {
  const length = Object.keys(lengthSettings) as (keyof typeof lengthSettings)[];
  const settings = without(ownSettings(run), [...searched, ...length]);
  const keyOf = (values: object) => canonicalJson([run.method, run.methodPackage, run.methodConfig, values]);
  const short = keyOf(settings);
  const { whole } = run.trial ?? { whole: run.settings };
  if (whole === undefined) return { own: short, short };
  return { own: keyOf({ ...settings, ...Object.fromEntries(length.map((key) => [key, whole[key]])) }), short };
}

function without(settings: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}
