import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { disposeRecordings, type Row } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import type { Device } from "@petl/tensor";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ActivationCache, type ActivationCacheOptions, cacheFootprint, type ReadModel } from "../src/index.js";
import { readModel, toyRows } from "./read-model.js";

let device: Device;
beforeAll(async () => {
  device = await cpu.open({ kernels: "wasm" });
});
afterAll(() => device.close());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "petl-cache-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const rows: readonly Row[] = toyRows(40);
const warnings: string[] = [];

async function open(model: ReadModel, changes: Partial<ActivationCacheOptions> = {}): Promise<ActivationCache> {
  warnings.length = 0;
  return ActivationCache.open(model, {
    budget: { memoryBytes: 0, diskBytes: 1e9 },
    directory,
    isShared: true,
    device,
    warn: (message) => warnings.push(message),
    ...changes,
  });
}

const filled = async (model: ReadModel, changes: Partial<ActivationCacheOptions> = {}): Promise<void> => {
  const cache = await open(model, changes);
  disposeRecordings((await cache.batch(rows)).recordings);
  await cache.close();
};

/** Digest of what one encoder site was for all rows, real tokens only: those behind them are nobody's. */
async function valuesOf(cache: ActivationCache, site = "encoder.1"): Promise<string> {
  const { recordings } = await cache.batch(rows);
  const { hidden } = recordings.get(site)!;
  const [, tokens, channels] = hidden.shape as [number, number, number];
  const values = (await hidden.data()) as Float32Array;
  const hash = createHash("sha256");
  for (const [row, { source }] of rows.entries()) {
    const start = row * tokens * channels;
    hash.update(values.slice(start, start + source.length * channels));
  }
  disposeRecordings(recordings);
  return hash.digest("hex");
}

const segment = (): string => {
  const [kind] = readdirSync(directory);
  const [name] = readdirSync(join(directory, kind!));
  return join(directory, kind!, name!);
};

describe("what lies on disk", () => {
  test("is found again, and a damaged entry is computed again with a warning", async () => {
    const model = readModel();
    await filled(model);
    const whole = await open(model);
    const before = await valuesOf(whole);
    expect([whole.figures.inherited, whole.figures.corrupt]).toEqual([40, 0]);
    await whole.close();
    const bytes = readFileSync(segment());
    bytes[Math.floor(bytes.length / 2)]! ^= 1; // one bit, in a payload
    writeFileSync(segment(), bytes);
    const damaged = await open(model);
    expect(await valuesOf(damaged)).toEqual(before);
    expect(damaged.figures.corrupt).toBe(1);
    expect(damaged.figures.hits).toBe(39);
    expect(warnings.join()).toMatch(/checksum does not match.*computed again/);
    await damaged.close();
  });

  test("cut short anywhere, as by a kill, gives the entries before the cut", async () => {
    const model = readModel();
    await filled(model);
    const bytes = readFileSync(segment());
    const file = segment();
    const whole = await open(model);
    const before = await valuesOf(whole);
    await whole.close();
    for (const share of [0, 0.0001, 0.3, 0.7, 0.9999]) {
      writeFileSync(file, bytes.subarray(0, Math.floor(share * bytes.length)));
      const cut = await open(model, { isShared: false });
      expect(await valuesOf(cut)).toEqual(before);
      expect(cut.figures.hits).toBeLessThan(40);
      if (share > 0.5) expect(cut.figures.hits).toBeGreaterThan(20);
      await cut.close(); // removes the folder, and with it what was written after the cut
      mkdirSync(join(file, ".."), { recursive: true });
    }
  });

  test("is not used where the backbone computes something else now, although it bears its name", async () => {
    const model = readModel();
    await filled(model);
    const honest = await open(model);
    const before = await valuesOf(honest);
    await honest.close();
    const other = readModel(2);
    const foreign = join(directory, "foreign");
    mkdirSync(foreign);
    await filled(other, { directory: foreign });
    const [kind] = readdirSync(foreign);
    const [name] = readdirSync(join(foreign, kind!));
    writeFileSync(segment(), readFileSync(join(foreign, kind!, name!)));
    const fooled = await open(model);
    expect(await valuesOf(fooled)).toEqual(before);
    expect([fooled.figures.inherited, fooled.figures.hits]).toEqual([0, 0]);
    expect(warnings.join()).toMatch(/not what the backbone computes now/);
    await fooled.close();
  });

  test("is forgotten by other kinds to make room, the one used longest ago first", async () => {
    const kinds = ["one", "two", "three"].map((simd) => ({ name: "cpu", details: { ...device.details, simd } }));
    const model = readModel();
    await filled(model, { device: kinds[0]! });
    const bytes = readFileSync(segment()).length;
    const budget = { memoryBytes: 0, diskBytes: Math.floor(2.5 * bytes) };
    for (const kind of kinds.slice(1)) await filled(model, { device: kind, budget });
    const inherited = [];
    for (const kind of [kinds[2]!, kinds[1]!, kinds[0]!]) {
      const cache = await open(model, { device: kind, budget: { memoryBytes: 0, diskBytes: 1e9 } });
      await valuesOf(cache);
      inherited.push(cache.figures.inherited);
      await cache.close();
    }
    expect(inherited).toEqual([40, 40, 0]);
  });
});

test("holds as many bytes as are planned for its examples", async () => {
  const model = readModel();
  const cache = await open(model, { directory: null, budget: { memoryBytes: 1e9, diskBytes: 0 } });
  await valuesOf(cache);
  const planned = rows.map((row) => cacheFootprint(model, row).bytesPerExample);
  expect(cache.figures.memoryBytes).toBe(planned.reduce((sum, bytes) => sum + bytes, 0));
  await cache.close();
});

test("a directory that cannot be made is said, and memory is used", async () => {
  writeFileSync(join(directory, "file"), "");
  const cache = await open(readModel(), {
    directory: join(directory, "file"),
    budget: { memoryBytes: 1e9, diskBytes: 1e9 },
  });
  await valuesOf(cache);
  await valuesOf(cache);
  expect(cache.figures.hits).toBe(40);
  expect(cache.figures.warnings.join()).toMatch(/cannot be used .*only memory is/);
  await cache.close();
});

test("a disk that takes no more is said once, and what is not there is computed again", async () => {
  const model = readModel();
  const reference = await open(model, { directory: null, budget: { memoryBytes: 1e9, diskBytes: 0 } });
  const before = await valuesOf(reference);
  const cache = await open(model);
  rmSync(directory, { recursive: true }); // no file can be made there any more
  expect(await valuesOf(cache)).toEqual(before);
  while (warnings.length === 0) await delay(5); // until then what waits to be written is served from memory
  expect(await valuesOf(cache)).toEqual(before);
  expect(cache.figures.hits).toBe(0);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/no more is written .*computed again/);
  await cache.close();
});
