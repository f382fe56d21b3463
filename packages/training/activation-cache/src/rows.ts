import { createHash } from "node:crypto";
import type { BackboneRow } from "@petl/backbone";
import type { Lengths } from "./layout.js";

/** Names of an example's two parts: digests of its token ids. */
export interface RowKeys {
  readonly source: string;
  readonly target: string;
}

export function keysOf({ source, decoderInput }: BackboneRow): RowKeys {
  return { source: digest([source]), target: digest([source, decoderInput]) };
}

export const lengthsOf = ({ source, decoderInput }: BackboneRow): Lengths => ({
  source: source.length,
  target: decoderInput.length,
});

/** Bytes of a key. */
export const keyBytes = 16;

function digest(lists: readonly (readonly number[])[]): string {
  const hash = createHash("sha256");
  for (const list of lists) hash.update(Int32Array.from([list.length, ...list]));
  return hash.digest().toString("base64", 0, keyBytes);
}
