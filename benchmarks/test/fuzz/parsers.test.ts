import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mutation, mutate, mutations } from "./mutate.js";
import { makeTargets, type Target, writeInto } from "./targets.js";

/** Inputs per parser: a few with the same seed in every run, or as many as asked with a new one: PETL_FUZZ=100000. */
const asked = process.env.PETL_FUZZ;
const inputs = Number(asked ?? 80);
const seed = asked === undefined ? 20_261_128 : Date.now() & 0x7fffffff;
const longestMs = 20_000; // on a machine that others use too
const mostBytes = 256 * 2 ** 20;

/** The input at work, so that one that ends the whole process is known. */
const lastInput = join(tmpdir(), "petl-fuzz-last-input.json");

/** Inputs that once broke a parser; what a failure prints as counterexample goes here. */
const known = JSON.parse(readFileSync(fileURLToPath(new URL("known-inputs.json", import.meta.url)), "utf8")) as {
  readonly target: string;
  readonly mutations: Mutation[];
}[];

const scratch = mkdtempSync(join(tmpdir(), "petl-fuzz-"));
const targets = await makeTargets(scratch);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeAll(() => console.log(`fuzzing ${targets.length} parsers with ${inputs} inputs each, seed ${seed}`));

/** Parses the mutated file; fails on anything but a value or one clear line of an error class of the parser. */
async function attempt(target: Target, folder: string, changes: readonly Mutation[]): Promise<void> {
  const mutated = mutate(target.original, changes);
  writeFileSync(lastInput, JSON.stringify({ target: target.title, mutations: changes }));
  const bytes = target.repair?.(mutated) ?? mutated;
  const file = writeInto(folder, target.file, bytes);
  const [startedMs, heapBefore] = [performance.now(), process.memoryUsage()];
  try {
    await target.parse(folder);
  } catch (error) {
    const isOurs = target.errors.some((kind) => error instanceof kind);
    if (!isOurs) throw new Error(`not an error of the parser's own: ${(error as Error)?.stack ?? error}`);
    const { message } = error as Error;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    expect(message).not.toMatch(/[\u0000-\u001f]/);
    expect(message.replaceAll(folder, "").length, message.slice(0, 2000)).toBeLessThanOrEqual(1000);
    expect(message).toMatch(target.named ?? new RegExp(target.file.replaceAll(".", "\\.")));
  }
  const after = process.memoryUsage();
  expect(performance.now() - startedMs, "milliseconds").toBeLessThan(longestMs);
  const grown = after.rss - heapBefore.rss;
  expect(grown, "bytes of memory").toBeLessThan(mostBytes);
  if (!target.mayChange) expect(readFileSync(file).equals(bytes), "the file is as it was").toBe(true);
}

function newFolder(target: Target): string {
  const folder = mkdtempSync(join(scratch, "attempt-"));
  target.prepare?.(folder);
  return folder;
}

test.for(targets)("$title: what is whole is read, what is damaged is refused in one line", async (target) => {
  const folder = newFolder(target);
  await attempt(target, folder, []);
  for (const { target: title, mutations: changes } of known)
    if (title === target.title) await attempt(target, folder, changes);
  await fc.assert(
    fc.asyncProperty(mutations, (changes) => attempt(target, folder, changes)),
    { seed, numRuns: inputs, endOnFailure: process.env.PETL_FUZZ_SHRINK === undefined },
  );
});
