import type { Activation } from "@petl/spec";
import { tf } from "@petl/tensor";

/** What a step reads of the backbone, computed before it: outputs by site name, as a pass of the backbone would record them. */
export type Recordings = ReadonlyMap<string, Activation>;

export function disposeRecordings(recordings: Recordings): void {
  for (const { hidden, mask } of recordings.values()) tf.dispose([hidden, mask]);
}
