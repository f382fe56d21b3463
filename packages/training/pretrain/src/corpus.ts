import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { Tokenizer } from "@petl/checkpoint";
import { writeWholeSync } from "@petl/files";

/** A text as one row of token ids, cut into pieces of equal length; the last hundredth is held out. */
export interface Corpus {
  readonly tokens: Uint16Array;
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly tokens: number }[];
}

/**
 * Reads text files (one paragraph a line, blank line between documents; `.gz` or plain) into one row of ids, documents
 * separated by the end-of-sequence id. With `cacheDirectory` each file's ids are kept there, by its digest and `vocabularyDigest`.
 *
 * @throws Error for a vocabulary of more than 65,536 ids or a file without text
 */
export async function readCorpus(
  paths: readonly string[],
  tokenizer: Tokenizer,
  { cacheDirectory, vocabularyDigest = "", onFile }: CorpusOptions = {},
): Promise<Corpus> {
  if (tokenizer.vocabularySize > 65_536)
    throw new Error(`corpus: expected at most 65,536 ids, got ${tokenizer.vocabularySize}`);
  const parts: Uint16Array[] = [];
  const files: { path: string; sha256: string; tokens: number }[] = [];
  for (const path of paths) {
    onFile?.(path);
    const sha256 = await sha256Of(path);
    const cached =
      cacheDirectory && join(cacheDirectory, `${sha256.slice(0, 16)}-${vocabularyDigest.slice(0, 16)}.tokens`);
    const ids = (cached && readIds(cached)) || (await encodeFile(path, tokenizer));
    if (ids.length === 0) throw new Error(`corpus: expected text in ${path}, found none`);
    if (cached && !existsSync(cached)) writeWholeSync(cached, new Uint8Array(ids.buffer));
    parts.push(ids);
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

export interface CorpusOptions {
  readonly cacheDirectory?: string;
  readonly vocabularyDigest?: string;
  readonly onFile?: (path: string) => void;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function readIds(path: string): Uint16Array | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1).slice();
}

async function encodeFile(path: string, tokenizer: Tokenizer): Promise<Uint16Array> {
  const raw = createReadStream(path);
  const text = path.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  raw.on("error", (error) => text.destroy(error));
  const ids: number[] = [];
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== "") for (const id of tokenizer.encode(line, { addEos: false })) ids.push(id);
    else if (ids.length > 0 && ids.at(-1) !== tokenizer.eosId) ids.push(tokenizer.eosId);
  }
  return Uint16Array.from(ids);
}

/** Pieces of `length` tokens: how many train, and how many at the end are held out (a hundredth, at least one). */
export function pieces({ tokens }: Corpus, length: number): { readonly training: number; readonly heldOut: number } {
  const all = Math.floor(tokens.length / length);
  const heldOut = Math.max(1, Math.floor(all / 100));
  if (all - heldOut < 1)
    throw new Error(`corpus: expected at least two pieces of ${length} tokens, got ${tokens.length} tokens`);
  return { training: all - heldOut, heldOut };
}

/** Share of each token in a text, by id, each counted once more than it occurs. */
export function frequencies({ tokens }: Corpus, vocabularySize: number): Float64Array {
  const counts = new Float64Array(vocabularySize).fill(1);
  for (const token of tokens) counts[token]! += 1;
  return counts.map((count) => count / (tokens.length + vocabularySize));
}
