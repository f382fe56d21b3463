import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeActivations } from "../src/index.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "petl-cache-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const kind = `run-1/${"0af3".repeat(8)}`;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

test("a cache with nothing but segments is removed, cut-off ones too, and a missing one is no error", async () => {
  write({ [`${kind}/1-2.activations`]: "PETLACT1 and more", [`${kind}/3-4.activations`]: "PETL" });
  await removeActivations(directory);
  expect(existsSync(directory)).toBe(false);
  await removeActivations(directory);
});

test("D2: files that are not segments stay, whatever they are called", async () => {
  const theirs = [
    `${kind}/1-2.activations.bak`,
    `${kind}/5-6.activations`,
    "run-1/other/1-2.activations",
    "notes.txt",
    "run-2/a.tsv",
  ];
  write({
    [`${kind}/1-2.activations`]: "PETLACT1",
    ...Object.fromEntries(theirs.map((name) => [name, "not a segment"])),
  });
  await removeActivations(directory);
  expect(theirs.filter((name) => existsSync(join(directory, name)))).toEqual(theirs);
  expect(existsSync(join(directory, kind, "1-2.activations"))).toBe(false);
});
