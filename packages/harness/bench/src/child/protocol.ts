import type { CacheSettings } from "@petl/activation-cache";
import type { RunIdentity, RunRecord } from "@petl/results";
import type { RunOptions } from "@petl/settings";
import type { Task } from "@petl/task";
import type { TrainEvent, TrainSettings } from "@petl/trainer";

/** A method as a child finds it: the module that exports it, and its parsed settings. */
interface ChildMethod {
  readonly url: string;
  readonly packageName: string;
  readonly config: unknown;
}

interface ModelRequest {
  readonly deviceUrl: string;
  readonly backbone: string;
  /** URL of the module of the family that reads it. */
  readonly family: string;
  /** The commit of a model of the hub; null where there is none or the cache decides. */
  readonly commit: string | null;
  readonly settings: TrainSettings;
  readonly options: RunOptions;
}

/** Open the device, load the backbone and attach each method to it, with the head of its task where one answers; no more. */
export interface CheckRequest extends ModelRequest {
  readonly kind: "check";
  readonly attachments: readonly {
    readonly method: ChildMethod;
    readonly task: Task;
    readonly settings: TrainSettings;
  }[];
}

/** Train and evaluate one method on one task. */
export interface RunRequest extends ModelRequest {
  readonly kind: "run";
  /** What was planned; the child fails where it finds something else. */
  readonly identity: RunIdentity;
  readonly method: ChildMethod;
  readonly task: Task;
  /** Whether dev is scored at the end, which a trial never does; with held-out training examples only. */
  readonly scoresTest: boolean;
  /** The data, in GLUE's layout. */
  readonly directory: string;
  /** Where activations are kept that do not fit in memory; where runs share it, all of them. */
  readonly cache: Pick<CacheSettings, "directory" | "isShared">;
  /** Directory for the tuned model; null: it is not kept. */
  readonly saveTo: string | null;
  /** Where the state is kept and gone on from, and what must fit; null: it is not. */
  readonly runState: { readonly file: string; readonly identity: string } | null;
  /** The parent's `clockOffsetS`: events are timed on its clock. */
  readonly clockOffsetS: number;
}

/** Predict unlabelled splits with a saved model. */
export interface PredictRequest extends ModelRequest {
  readonly kind: "predict";
  readonly method: ChildMethod;
  /** The saved model's directory. */
  readonly model: string;
  /** The data, in GLUE's layout. */
  readonly directory: string;
  /** Names of submission files and where each goes. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

/** What a child is asked to do, as JSON on its stdin. */
export type ChildRequest = CheckRequest | RunRequest | PredictRequest;

/** An error on its way from a child. */
export interface SerialError {
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
  readonly stack: string | null;
}

/** Code of the error of a run that was asked to stop, and has kept its state if it could. */
export const stoppedCode = "E_STOPPED";

/** How a child ended: by itself after `done`, or otherwise. */
export interface ChildEnding {
  readonly completed: boolean;
  readonly cancelled: boolean;
  /** The error it reported, or one inferred from outside; null where it completed. */
  readonly error: SerialError | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** An event of a child, one JSON line each on file descriptor 3; times are epoch seconds on the parent's clock. */
export type ChildEvent =
  | TrainEvent
  | { readonly type: "device"; readonly name: string; readonly details: Readonly<Record<string, unknown>> }
  | {
      readonly type: "backbone";
      readonly source: NonNullable<RunRecord["backboneSource"]>;
      readonly files: RunIdentity["backbone"]["files"];
      /** As its `config.json` has it. */
      readonly modelType: string | null;
    }
  | { readonly type: "data"; readonly data: NonNullable<RunRecord["data"]> }
  | { readonly type: "download"; readonly file: string; readonly doneBytes: number; readonly totalBytes: number | null }
  /** All events before this one, except those of setting up, come from earlier processes. */
  | { readonly type: "resumed"; readonly step: number; readonly atS: number }
  | { readonly type: "notice"; readonly message: string }
  | { readonly type: "predicting"; readonly name: string; readonly done: number; readonly total: number }
  | { readonly type: "error"; readonly error: SerialError }
  | { readonly type: "device-buffers"; readonly peakBytes: number }
  | { readonly type: "done" };

/** The descriptor of the event stream: stray prints on stdout and stderr cannot damage it. */
export const eventDescriptor = 3;
