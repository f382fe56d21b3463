import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { Tokenizer } from "@petl/checkpoint";

/** A text as one row of token ids, cut into pieces of equal length; the last hundredth is held out. */
export interface Corpus {
  readonly tokens: Uint16Array;
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly tokens: number }[];
}

/**
 * Reads text files (one paragraph a line, blank line between documents; `.gz` or plain) into one row of ids, documents
 * separated by the end-of-sequence id. @throws Error for a vocabulary of more than 65,536 ids or a file without text
 */
export async function readCorpus(
  paths: readonly string[],
  tokenizer: Tokenizer,
  onFile = (_path: string) => {},
): Promise<Corpus> {
  if (tokenizer.vocabularySize > 65_536)
    throw new Error(`corpus: expected at most 65,536 ids, got ${tokenizer.vocabularySize}`);
  const parts: Uint16Array[] = [];
  const files: { path: string; sha256: string; tokens: number }[] = [];
  for (const path of paths) {
    onFile(path);
    const { ids, sha256 } = await readFile(path, tokenizer);
    if (ids.length === 0) throw new Error(`corpus: expected text in ${path}, found none`);
    parts.push(Uint16Array.from(ids));
    files.push({ path, sha256, tokens: ids.length });
  }
  const tokens = new Uint16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    tokens.set(part, at);
    at += part.length;
  }
  return { tokens, files };
}

async function readFile(path: string, tokenizer: Tokenizer): Promise<{ ids: number[]; sha256: string }> {
  const hash = createHash("sha256");
  const raw = createReadStream(path).on("data", (chunk) => hash.update(chunk));
  const text = path.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  raw.on("error", (error) => text.destroy(error));
  const ids: number[] = [];
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== "") for (const id of tokenizer.encode(line, { addEos: false })) ids.push(id);
    else if (ids.length > 0 && ids.at(-1) !== tokenizer.eosId) ids.push(tokenizer.eosId);
  }
  return { ids, sha256: hash.digest("hex") };
}

/** Pieces of `length` tokens: how many train, and how many at the end are held out (a hundredth, at least one). */
export function pieces({ tokens }: Corpus, length: number): { readonly training: number; readonly heldOut: number } {
  const all = Math.floor(tokens.length / length);
  const heldOut = Math.max(1, Math.floor(all / 100));
  if (all - heldOut < 1)
    throw new Error(`corpus: expected at least two pieces of ${length} tokens, got ${tokens.length} tokens`);
  return { training: all - heldOut, heldOut };
}

/** Cross-entropy in nats of a text's tokens under their own frequencies: what a model must beat to know more than those. */
export function unigramEntropy(tokens: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (let index = 0; index < tokens.length; index++) counts.set(tokens[index]!, (counts.get(tokens[index]!) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / tokens.length) * Math.log(count / tokens.length);
  return entropy;
}
