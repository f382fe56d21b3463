import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { crc32c } from "../../src/tensorboard/crc32c.js";
import { EventFile } from "../../src/tensorboard/event-file.js";

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/tensorboard-${name}.json`, import.meta.url), "utf8"));
const { wallTimeS, texts, scalars } = fixture("sample");
const readBack = fixture("read-back");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "petl-tracking-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function writeSample(directory: string): void {
  const file = new EventFile(directory, () => wallTimeS);
  for (const [tag, text] of Object.entries(texts as Record<string, string>)) file.text(tag, text);
  file.scalars(scalars);
  file.close();
}

test("CRC-32C has the check value of its catalogue, and those of RFC 3720", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test("an event file has the bytes of that which TensorBoard has read", () => {
  const directory = folder();
  writeSample(directory);
  expect(readdirSync(directory)).toEqual([readBack.file]);
  const bytes = readFileSync(join(directory, readBack.file));
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(readBack.sha256);
});

test("TensorBoard has read every number and text that was written, at its step and time", () => {
  const inOrder = (list: { tag: string; step: number }[]) =>
    list.toSorted((one, other) => one.tag.localeCompare(other.tag) || one.step - other.step);
  const wanted = scalars.map((scalar: { value: number }) => ({
    ...scalar,
    value: Math.fround(scalar.value),
    wallTimeS,
  }));
  expect(inOrder(readBack.scalars)).toEqual(inOrder(wanted));
  expect(readBack.texts).toEqual(texts);
  expect(readBack.plugins).toEqual({ hyperparameters: "text" });
});

test("a run that begins again replaces its own file and no other", () => {
  const directory = folder();
  writeSample(directory);
  writeFileSync(join(directory, "events.out.tfevents.1.elsewhere"), "of another program");
  new EventFile(directory, () => wallTimeS + 60).close();
  expect(readdirSync(directory).sort()).toEqual([
    "events.out.tfevents.1.elsewhere",
    "events.out.tfevents.1700000060.petl-bench",
  ]);
});
