import type { BackboneFiles } from "@petl/backbone";
import { findTask, isGlueTask } from "@petl/glue";
import type { RunRecord } from "@petl/results";
import type { Task, TaskData } from "@petl/task";
import { BenchError } from "../errors.js";
import { findBackbone } from "../resolve/backbone.js";
import { parseConfig } from "../resolve/call-method.js";
import { type FoundDevice, loadDevice } from "../resolve/device.js";
import type { FoundFamily } from "../resolve/family.js";
import { findTasks } from "../resolve/find-tasks.js";
import { type FoundMethod, loadMethod } from "../resolve/method.js";
import type { Places } from "../resolve/places.js";
import type { Arm } from "./cells.js";
import { configHash } from "./config-hash.js";
import { type CellSearch, Outline } from "./outline.js";
import { type PlanInputs, type ReadOptions, readInputs } from "./plan-inputs.js";
import type { OutlinedRun, PlannedRun } from "./planned-run.js";
import type { Suite } from "./schema.js";
import type { TaskRows } from "./task-files.js";

/** A suite made sure of: all names found, all configurations parsed, all data files read once. */
export interface Plan {
  readonly suite: Suite;
  /** As `loadBackbone` takes it. */
  readonly backbone: string;
  /** The family that reads it. */
  readonly family: FoundFamily;
  /** The commit of a model of the hub; null where there is none, or neither hub nor cache names one. */
  readonly commit: string | null;
  readonly device: FoundDevice;
  /** Null where a dry run found the data not downloaded yet. */
  readonly data: TaskData | null;
  /** What was read of data and backbone, so that another process need not. */
  readonly inputs: PlanInputs;
  /** Usable rows of a task's files: of those at hand, else of GLUE's release. */
  rows(task: Task): TaskRows;
  /** What to know of the data before anything runs, such as why they are not what was hoped for. One sentence each. */
  readonly notices: readonly string[];
  /** Every run, in the order in which they run; of some a search has still to choose the learning rate. */
  readonly outline: readonly OutlinedRun[];
  /** The runs that are known before anything has run; without a search, all. */
  readonly runs: readonly PlannedRun[];
  /**
   * The runs that are known once others have ended, by their records, in the order in which they run; with a `slot`, it and those on
   * which it depends, and maybe more.
   */
  known(records: ReadonlyMap<string, RunRecord>, slot?: string): readonly PlannedRun[];
  /** The searches of the plan, as far as the records of their trials go; none without a search. */
  searches(records: ReadonlyMap<string, RunRecord>): readonly CellSearch[];
  /** Hash of all that decides the runs: the same for the same suite on the same data. */
  readonly id: string;
}

export interface PlanOptions extends ReadOptions {
  /** Where relative paths start. */
  readonly directory: string;
  /** Where code may come from; default: the user's word for all that the suite names. */
  readonly places?: Places;
  /** The runs are for other machines: what the device can do on this one is not asked. */
  readonly isElsewhere?: boolean;
  /** Take over what another process has read, in place of reading it; each run's own process compares it with what it finds. */
  readonly inputs?: PlanInputs | undefined;
}

/**
 * Checks a suite and expands it into runs (method x configuration x task x seed x limit).
 *
 * Tasks keep their order; within a task and seed the arms run in an order drawn from the suite, so that a machine that
 * warms up does not favour one method. @throws BenchError, ConfigError or TaskError for anything wrong with the input
 */
export async function planSuite(suite: Suite, options: PlanOptions): Promise<Plan> {
  const places = options.places ?? { directory: options.directory };
  const { tasks, notices: taskNotices } = options.inputs
    ? { tasks: options.inputs.tasks, notices: [] }
    : await findTasks(suite, {
        ...{ directory: options.directory, places, signal: options.download?.signal },
        onProgress: options.onTable,
      });
  checkTasks(tasks, suite);
  checkSearch(suite, options);
  const found = await findBackbone(suite.backbone, options.directory, places, options.download);
  const { reference, family } = found;
  const device = await loadDevice(suite.device, places, {
    ...(suite.gpu !== null && { gpu: suite.gpu }),
    precision: suite.precision,
    isElsewhere: options.isElsewhere ?? false,
  });
  const arms = await parseArms(suite, places);
  const { inputs, notices: dataNotices } = options.inputs
    ? { inputs: options.inputs, notices: [] }
    : await readInputs({ suite, tasks, found }, options);
  const { files, data, backbone: ofBackbone } = inputs;
  const outline = new Outline({
    ...{ suite, arms, tasks, files },
    shared: { backbone: found, backboneFiles: ofBackbone, device },
    searchOnly: options.searchOnly ?? false,
  });
  const notices = [
    ...dataNotices,
    ...taskNotices,
    ...revisionNotice(reference, ofBackbone),
    ...passedOverNotice(device),
    ...ratesNotice(suite, outline),
  ];
  let first: readonly PlannedRun[] | undefined;
  const runs = (): readonly PlannedRun[] => (first ??= outline.known(new Map())); // worked out when asked for: a job needs one run of thousands
  return {
    ...{ suite, backbone: reference, family, commit: ofBackbone.revision, device, data, inputs, notices },
    outline: outline.runs,
    get runs() {
      return runs();
    },
    get id() {
      return outline.id(runs());
    },
    rows: (task) => outline.rows(task),
    known: (records, slot) => outline.known(records, slot),
    searches: (records) => outline.searches(records),
  };
}

/** Which learning rates come from an earlier search. */
function ratesNotice({ ratesFrom, rates }: Suite, { given }: Outline): string[] {
  if (given === 0) return [];
  const where = ratesFrom === undefined ? "the suite" : ratesFrom;
  return [`${given} of ${rates.length} learning rates that an earlier search found are taken from ${where}`];
}

/** A search that nothing would use. @throws BenchError E_SUITE_INVALID */
function checkSearch({ protocol, trials }: Suite, { searchOnly }: PlanOptions): void {
  if (searchOnly && (protocol !== "tuned" || trials === 0))
    throw new BenchError(
      "E_SUITE_INVALID",
      `expected a suite that searches, got protocol ${protocol} and trials ${trials}; use --protocol tuned and --trials 8`,
    );
}

/** Why a model of the hub may be older than the hub's. */
function revisionNotice(reference: string, { revision, reason }: BackboneFiles): string[] {
  if (reason === null) return [];
  return [
    `${reference}: the hub did not say which commit is current (${reason}); the cached one, ${revision}, is used`,
  ];
}

/** Why `auto` took no faster device. */
function passedOverNotice({ provider, passedOver = [] }: FoundDevice): string[] {
  if (passedOver.length === 0) return [];
  const reasons = passedOver.map(({ name, reason }) => `${name} (${reason})`).join(", ");
  return [`device ${provider.name}, since these cannot be used: ${reasons}`];
}

/** Tasks that cannot be trained on, and settings of a misspelt task, which would silently not be used. */
function checkTasks(tasks: readonly Task[], { taskSettings }: Suite): void {
  const untrainable = tasks.find((task) => isGlueTask(task) && task.splits.train === undefined);
  if (untrainable !== undefined)
    throw new BenchError(
      "E_SUITE_INVALID",
      `task "${untrainable.name}": expected a task to train on; ${untrainable.title} has no training data`,
    );
  for (const name of Object.keys(taskSettings)) {
    if (tasks.some((task) => task.name === name)) continue;
    const task = findTask(name).name;
    if (task !== name)
      throw new BenchError("E_SUITE_INVALID", `taskSettings: expected the task's short name "${task}", got "${name}"`);
  }
}

async function parseArms(suite: Suite, places: Places): Promise<Arm[]> {
  const arms = new Map<string, Omit<Arm, "label">>();
  const methods = new Map<string, FoundMethod>(); // a sweep names one method many times
  for (const { method: name, config: given, settings, cacheActivations = suite.cacheActivations } of suite.methods) {
    const method = methods.get(name) ?? (await loadMethod(name, places));
    methods.set(name, method);
    const config = parseConfig(method.definition, given);
    const key = configHash([method.url, config, settings, cacheActivations]);
    arms.set(key, { method, config, given, settings, cacheActivations }); // the same arm twice is one arm
  }
  return labelled([...arms.values()]);
}

/** Arms with names by which they can be told apart. */
function labelled(arms: readonly Omit<Arm, "label">[]): Arm[] {
  const entries = arms.map(({ given, settings, cacheActivations }): Readonly<Record<string, unknown>> => {
    const trained = Object.entries(settings).map(([key, value]) => [`train.${key}`, value]);
    return { ...given, ...Object.fromEntries(trained), cacheActivations };
  });
  return arms.map((arm, index) => {
    const siblings = entries.filter((_, other) => arms[other]!.method.name === arm.method.name);
    const own = Object.entries(entries[index]!).filter(([key, value]) =>
      siblings.some((other) => configHash(other[key] ?? null) !== configHash(value ?? null)),
    );
    const details = own.map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    return { ...arm, label: [arm.method.name, details.join(",")].filter(Boolean).join(":") };
  });
}
