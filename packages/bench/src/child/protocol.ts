import type { BackboneSource } from "@petl/backbone";
import type { RunRecord } from "@petl/results";
import type { TrainEvent, TrainSettings } from "@petl/trainer";

/** What a child is asked to do, as JSON on its stdin. */
export interface ChildRequest {
  /** `check` opens the device and loads the backbone, nothing more. */
  readonly task: { readonly name: string; readonly directory: string } | "check";
  /** Module that exports the method; null with `check`. */
  readonly method: { readonly url: string; readonly config: unknown } | null;
  readonly deviceUrl: string;
  readonly threads: number | null;
  readonly backbone: string;
  readonly settings: TrainSettings;
  readonly limit: number | null;
  readonly evalLimit: number | null;
  readonly textFormat: string;
}

/** An error on its way from a child. */
export interface SerialError {
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
  readonly stack: string | null;
}

/** What a child says, one JSON line each on file descriptor 3; times are epoch seconds. */
export type ChildEvent =
  | TrainEvent
  | { readonly type: "device"; readonly name: string; readonly details: Readonly<Record<string, unknown>> }
  | { readonly type: "backbone"; readonly source: BackboneSource }
  | { readonly type: "data"; readonly data: NonNullable<RunRecord["data"]> }
  | { readonly type: "download"; readonly file: string; readonly doneBytes: number; readonly totalBytes: number | null }
  | { readonly type: "error"; readonly error: SerialError }
  | { readonly type: "done" };

/** The descriptor of the event stream: stray prints on stdout and stderr cannot damage it. */
export const eventDescriptor = 3;
