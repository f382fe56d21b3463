import type { Activation } from "@petl/spec";
import { tf } from "@petl/tensor";

/** Recorded outputs of the backbone, by site name. */
export type Recordings = ReadonlyMap<string, Activation>;

export function disposeRecordings(recordings: Recordings): void {
  for (const { hidden, mask } of recordings.values()) tf.dispose([hidden, mask]);
}
