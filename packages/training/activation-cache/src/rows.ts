import { createHash } from "node:crypto";
import type { Row } from "@petl/backbone";

/** Names of an example's two parts: digests of its token ids. */
export interface RowKeys {
  readonly source: string;
  readonly target: string;
}

export function keysOf({ source, segments = [], answer }: Row): RowKeys {
  return { source: digest([source, segments]), target: digest([source, segments, answer]) };
}

/** Bytes of a key. */
export const keyBytes = 16;

function digest(lists: readonly (readonly number[])[]): string {
  const hash = createHash("sha256");
  for (const list of lists) hash.update(Int32Array.from([list.length, ...list]));
  return hash.digest().toString("base64", 0, keyBytes);
}
