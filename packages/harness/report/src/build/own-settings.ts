import { canonicalJson, type RunRecord } from "@petl/results";
import { lengthSettings, runOptions, tellingValues, trainingSettings } from "@petl/settings";

/** What a search chooses, and what may follow from its choice. */
const searched = ["learningRate", "warmupSteps"] as const;

/**
 * What tells runs apart: not what changes neither a result nor a cost, nor which of several GPUs was used, nor the rate that a search
 * chose for the method and task.
 */
export function ownSettings(run: RunRecord["run"]): Readonly<Record<string, unknown>> {
  return remembered(knownSettings, run, findOwn);
}

const knownSettings = new WeakMap<RunRecord["run"], Readonly<Record<string, unknown>>>();

/** What was found of a run, which is asked for several times; there may be thousands. */
function remembered<Found>(
  known: WeakMap<RunRecord["run"], Found>,
  run: RunRecord["run"],
  find: (run: RunRecord["run"]) => Found,
): Found {
  const found = known.get(run) ?? find(run);
  known.set(run, found);
  return found;
}

function findOwn({ settings, chosen }: RunRecord["run"]): Record<string, unknown> {
  const { gpu: _, precision: _ofTheGroup, ...own } = tellingValues({ ...trainingSettings, ...runOptions }, settings);
  return chosen === null ? own : { ...without(own, searched), learningRate: "searched" };
}

/**
 * `own` is equal for the trials of a search and the runs that it chose for; `short` also for runs of another length, which may take what
 * a search found, and for trials of earlier versions, which do not say how long a whole run trains.
 */
export function searchKeys({ run }: RunRecord): SearchKeys {
  return remembered(knownKeys, run, findKeys);
}

interface SearchKeys {
  readonly own: string;
  readonly short: string;
}

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
