import type { BackboneFiles } from "@petl/backbone";
import type { ChosenSettings, RunIdentity, RunRecord, Trial } from "@petl/results";
import type { RunOptions } from "@petl/settings";
import type { Task } from "@petl/task";
import type { TrainSettings } from "@petl/trainer";
import type { FoundBackbone } from "../resolve/backbone.js";
import type { FoundDevice } from "../resolve/device.js";
import type { FoundMethod } from "../resolve/method.js";
import { identityHash, plannedIdentity } from "./identity.js";
import type { FileDigests } from "./task-files.js";

/** A run as a plan knows it before a search has chosen what it trains with. */
export interface OutlinedRun {
  /** Its place in the plan, whatever it will train with; unique. */
  readonly slot: string;
  /** Runs of a wave depend on nothing but runs of earlier waves; 1 for the first. */
  readonly wave: number;
  readonly stage: RunRecord["run"]["stage"];
  /** The method, and what tells it from the suite's others of that name, such as `lora:rank=4 with 64 rows`. */
  readonly label: string;
  /** Whether its learning rate is tried or chosen by a search. */
  readonly isSearched: boolean;
  readonly method: FoundMethod;
  /** As the method's `parse` returned it. */
  readonly config: unknown;
  readonly task: Task;
  readonly seed: number;
  readonly settings: TrainSettings;
  readonly options: RunOptions;
}

/** One run: everything a child needs to know, and a stable id. */
export interface PlannedRun extends OutlinedRun {
  /** `<method>-<task>-<seed>-<hash>`: the hash is of its identity, everything that changes a result. */
  readonly id: string;
  /** Null for all but trials. */
  readonly trial: Trial | null;
  /** What a search chose for it; null where nothing was searched. */
  readonly chosen: ChosenSettings | null;
  /** What it is made of, by content: its process compares, its record keeps it. */
  readonly identity: RunIdentity;
}

/** What all runs of a plan share. */
export interface SharedParts {
  readonly backbone: FoundBackbone;
  readonly backboneFiles: BackboneFiles;
  readonly device: FoundDevice;
}

/** Gives a run its identity and id. `files` are those that it reads. */
export function identified(
  run: Omit<PlannedRun, "id" | "identity">,
  shared: SharedParts,
  files: FileDigests,
): PlannedRun {
  return withIdentity(run, plannedIdentity({ ...run, ...shared, files }));
}

/** The same where the identity is known: runs that differ by their seed alone share one. */
export function withIdentity(run: Omit<PlannedRun, "id" | "identity">, identity: RunIdentity): PlannedRun {
  const id = `${run.method.name}-${run.task.name}-${run.seed}-${identityHash(identity, run.seed)}`;
  return { ...run, id, identity };
}

/** Whether a run is scored on dev at its end, after held-out training examples chose its model. */
export function scoresTest({ stage, options }: Pick<PlannedRun, "stage" | "options">): boolean {
  return options.protocol === "tuned" && stage !== "trial";
}
