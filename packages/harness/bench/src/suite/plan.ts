import { type BackboneFiles, backboneFiles } from "@petl/backbone";
import { findTask, type GlueData, type Task } from "@petl/glue";
import type { RunIdentity } from "@petl/results";
import type { RunOptions } from "@petl/settings";
import { seededRandom } from "@petl/tensor";
import type { TrainSettings } from "@petl/trainer";
import { BenchError } from "../errors.js";
import { answeredBy } from "../resolve/answering.js";
import { type FoundBackbone, findBackbone } from "../resolve/backbone.js";
import { parseConfig } from "../resolve/call-method.js";
import { type DataDownload, openData } from "../resolve/data.js";
import { type FoundDevice, loadDevice } from "../resolve/device.js";
import type { FoundFamily } from "../resolve/family.js";
import { type FoundMethod, loadMethod } from "../resolve/method.js";
import type { Places } from "../resolve/places.js";
import { configHash } from "./config-hash.js";
import { identityHash, plannedIdentity } from "./identity.js";
import { optionsOf, type Suite, settingsOf } from "./schema.js";
import { type TaskFiles, taskFiles } from "./task-files.js";

/** One run: everything a child needs to know, and a stable id. */
export interface PlannedRun {
  /** `<method>-<task>-<seed>-<hash>`: the hash is of its identity, everything that changes a result. */
  readonly id: string;
  readonly method: FoundMethod;
  /** As the method's `parse` returned it. */
  readonly config: unknown;
  readonly task: Task;
  readonly seed: number;
  readonly settings: TrainSettings;
  readonly options: RunOptions;
  /** What it is made of, by content: its process compares, its record keeps it. */
  readonly identity: RunIdentity;
}

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
  readonly data: GlueData | null;
  /** What to know of the data before anything runs, such as why they are not what was hoped for. One sentence each. */
  readonly notices: readonly string[];
  /** In the order in which they run. */
  readonly runs: readonly PlannedRun[];
  /** Hash of all run ids: the same for the same suite on the same data. */
  readonly id: string;
}

export interface PlanOptions {
  /** Where relative paths start. */
  readonly directory: string;
  /** Where code may come from; default: the user's word for all that the suite names. */
  readonly places?: Places;
  readonly download?: DataDownload;
  /** Plan without data: ids are then those of no data. */
  readonly withoutData?: boolean;
  /** Read every file of the backbone for its digest, even one whose digest is remembered. */
  readonly verify?: boolean;
}

interface Arm {
  readonly method: FoundMethod;
  readonly config: unknown;
  readonly cacheActivations: Suite["cacheActivations"];
}

/**
 * Checks a suite and expands it into runs (method x configuration x task x seed x limit).
 *
 * Tasks keep their order; within a task and seed the arms run in an order drawn from the suite, so that a machine that
 * warms up does not favour one method. @throws BenchError, ConfigError or GlueError for anything wrong with the input
 */
export async function planSuite(suite: Suite, options: PlanOptions): Promise<Plan> {
  const places = options.places ?? { directory: options.directory };
  const tasks = distinct(suite.tasks.map(findTask));
  checkTasks(tasks, suite);
  const found = await findBackbone(suite.backbone, options.directory, places, options.download);
  const { reference, family } = found;
  const device = await loadDevice(suite.device, places, suite.gpu === null ? {} : { gpu: suite.gpu });
  const arms = await parseArms(suite, places);
  const opened = options.withoutData ? null : await openData(suite.data, tasks, options.download);
  const { data, notices: dataNotices } = opened ?? { data: null, notices: [] };
  const ofBackbone = await backboneFiles(reference, family.definition, {
    verify: options.verify,
    signal: options.download?.signal,
  });
  const notices = [...dataNotices, ...revisionNotice(reference, ofBackbone), ...passedOverNotice(device)];
  const files = new Map<Task, TaskFiles>();
  if (data !== null) for (const task of tasks) files.set(task, await taskFiles(data, task));
  const random = seededRandom(suite.seeds[0]!).fork("order");
  const limits = distinct(Array.isArray(suite.limit) ? suite.limit : [suite.limit]);
  const runs = tasks.flatMap((task) =>
    distinct(suite.seeds).flatMap((seed) => {
      const order = [...random.fork(task.name).fork(seed).permutation(arms.length)];
      const shared = {
        suite,
        backbone: found,
        backboneFiles: ofBackbone,
        device,
        task,
        seed,
        files: files.get(task),
      };
      return limits.flatMap((limit) => order.map((index) => plannedRun({ ...shared, limit }, arms[index]!)));
    }),
  );
  const id = configHash(runs.map((run) => run.id).sort());
  return { suite, backbone: reference, family, commit: ofBackbone.revision, device, data, notices, runs, id };
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
  const untrainable = tasks.find(({ splits }) => splits.train === undefined);
  if (untrainable !== undefined)
    throw new BenchError(
      "E_SUITE_INVALID",
      `task "${untrainable.name}": expected a task to train on; ${untrainable.title} has no training data`,
    );
  for (const name of Object.keys(taskSettings)) {
    const task = findTask(name).name;
    if (task !== name)
      throw new BenchError("E_SUITE_INVALID", `taskSettings: expected the task's short name "${task}", got "${name}"`);
  }
}

async function parseArms(suite: Suite, places: Places): Promise<Arm[]> {
  const arms = new Map<string, Arm>();
  for (const { method: name, config: given, cacheActivations = suite.cacheActivations } of suite.methods) {
    const method = await loadMethod(name, places);
    const config = parseConfig(method.definition, given);
    arms.set(configHash([method.url, config, cacheActivations]), { method, config, cacheActivations }); // the same arm twice is one arm
  }
  return [...arms.values()];
}

interface Cell {
  readonly suite: Suite;
  readonly backbone: FoundBackbone;
  readonly backboneFiles: BackboneFiles;
  readonly device: FoundDevice;
  readonly task: Task;
  readonly seed: number;
  readonly limit: number | null;
  readonly files: TaskFiles | undefined;
}

function plannedRun(cell: Cell, { method, config, cacheActivations }: Arm): PlannedRun {
  const { suite, task, seed, limit } = cell;
  const asked = settingsOf(suite, task.name, seed);
  const { scoring, textFormat } = answeredBy(cell.backbone.family.definition, {
    ...asked,
    textFormat: suite.textFormat,
  });
  const settings = { ...asked, scoring };
  const options = { ...optionsOf(suite, { limit, cacheActivations }), textFormat };
  const identity = plannedIdentity({ ...cell, method, config, settings, options });
  const id = `${method.name}-${task.name}-${seed}-${identityHash(identity, seed)}`;
  return { id, method, config, task, seed, settings, options, identity };
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
