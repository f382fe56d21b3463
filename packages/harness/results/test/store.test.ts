import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  canonicalJson,
  parseRecord,
  readRecord,
  readRecords,
  recordPath,
  setAsideDamaged,
  writeRecord,
} from "@petl/results";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sealRecord } from "../src/checksum.js";
import { syntheticRecord } from "./record-factory.js";

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "petl-results-"));
});
afterEach(() => rm(out, { recursive: true, force: true }));

test("a written record reads back equal and leaves no temporary file", async () => {
  const record = syntheticRecord();
  const file = await writeRecord(out, record);
  expect(file).toBe(recordPath(out, record.id));
  expect(await readRecord(file)).toEqual(record);
  expect(await readdir(join(out, "runs"))).toEqual([`${record.id}.json`]);
});

test("costs of epochs and figures of the activation cache are kept", async () => {
  const energies = { trainGrossJ: 12, trainNetJ: null, evalGrossJ: 3, evalNetJ: null };
  const epochs = [
    {
      epoch: 1,
      steps: 8,
      trainTimeS: 2,
      evalTimeS: 0.5,
      ...energies,
      backboneForwards: { training: 64, evaluation: 9 },
    },
  ];
  const figures = {
    ...{ examples: 73, examplesCovered: 70, lookups: 146, hits: 70 },
    ...{ memoryBytes: 4096, diskBytes: 0, memoryBudgetBytes: 8192, diskBudgetBytes: 0 },
    ...{ evicted: 1, corrupt: 0, inherited: 0, exact: true, warnings: ["the disk is full"] },
  };
  const activationCache = { reason: null, figures };
  const file = await writeRecord(out, syntheticRecord({ epochs, activationCache }));
  expect(await readRecord(file)).toMatchObject({ epochs, activationCache });
});

test("writing again replaces the record whole, also with many writers at once", async () => {
  const writes = Array.from({ length: 20 }, (_, seed) =>
    writeRecord(out, syntheticRecord({ run: { ...syntheticRecord().run, seed } })),
  );
  await Promise.all(writes);
  const { records, problems } = await readRecords(out);
  expect(records).toHaveLength(1);
  expect(problems).toEqual([]);
});

test("a half-written, an empty and a foreign file are named, and the others are still read", async () => {
  const file = await writeRecord(out, syntheticRecord());
  const text = await readFile(file, "utf8");
  await writeFile(join(out, "runs", "cut.json"), text.slice(0, text.length / 2));
  await writeFile(join(out, "runs", "empty.json"), "");
  await writeFile(join(out, "runs", "foreign.json"), "[1, 2]");
  await writeFile(join(out, "runs", "trace.csv"), "not a record");
  const { records, problems } = await readRecords(out);
  expect(records.map((record) => record.id)).toEqual(["alpha-sst2-0-0a1b2c"]);
  expect(problems.map((problem) => problem.file)).toEqual(
    ["cut", "empty", "foreign"].map((name) => join(out, "runs", `${name}.json`)),
  );
  expect(problems[0]?.message).toMatch(/corrupt or half-written/);
  expect(problems[1]?.message).toMatch(/the file is empty/);
  expect(problems[2]?.message).toMatch(/expected a run record/);
});

test("a record that was changed or damaged after it was written is told by its checksum, and the others are still read", async () => {
  const file = await writeRecord(out, syntheticRecord());
  const other = await writeRecord(out, syntheticRecord({ id: "beta" }));
  const text = await readFile(file, "utf8");
  for (const [changed, words] of [
    [text.replace('"score": 61.5', '"score": 71.5'), /changed or damaged/],
    [text.replace(/,\n {2}"sha256": "[0-9a-f]{64}"/, ""), /expected a checksum as its last field, got none/],
    [text.replace(/"sha256": "./, '"sha256": "x'), /expected a checksum as its last field, got none/],
  ] as const) {
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
    await expect(readRecord(file)).rejects.toMatchObject({ code: "E_RECORD_CHECKSUM" });
    const { records, problems } = await readRecords(out);
    expect(records.map(({ id }) => id)).toEqual(["beta"]);
    expect(problems[0]?.message).toMatch(words);
  }
  expect((await readRecord(other)).id).toBe("beta");
});

test("the checksum is that of the text before it, as any tool can compute it", async () => {
  const text = await readFile(await writeRecord(out, syntheticRecord()), "utf8");
  const [body = "", rest] = text.split(',\n  "sha256": ');
  expect(rest).toBe(`"${createHash("sha256").update(body).digest("hex")}"\n}\n`);
});

test("a missing output directory holds no records, and the runs folder itself can be read", async () => {
  expect(await readRecords(join(out, "nowhere"))).toEqual({ records: [], problems: [] });
  await writeRecord(out, syntheticRecord());
  expect((await readRecords(join(out, "runs"))).records).toHaveLength(1);
});

test("an invalid record is refused by field before anything is written", async () => {
  const record = syntheticRecord();
  const broken = { ...record, run: { ...record.run, seed: 0.5 } };
  await expect(writeRecord(out, broken)).rejects.toMatchObject({
    code: "E_RECORD_INVALID",
    message: expect.stringContaining("run.seed"),
  });
  expect(existsSync(join(out, "runs"))).toBe(false);
});

test("a diverged loss is kept as null, a score that is not finite is refused", async () => {
  const record = syntheticRecord();
  const file = await writeRecord(out, { ...record, curve: [{ step: 1, epoch: 0, loss: Number.NaN, learningRate: 1 }] });
  expect((await readRecord(file)).curve[0]?.loss).toBeNull();
  const best = { step: 1, epoch: 0, score: Number.NaN, loss: null, metrics: {}, notices: [], interval: null };
  await expect(
    writeRecord(out, { ...record, scores: { best, last: best, evaluations: [], test: null, constant: null } }),
  ).rejects.toThrow(/scores.best.score/);
});

test("a record of before there were several families has what its run did: its decoding, no head, no family", () => {
  const { run, counts, ...rest } = syntheticRecord();
  const { scoring: _, ...settings } = run.settings;
  const { headParams: __, ...counted } = counts!;
  const older = (decoding: object) => ({
    ...rest,
    run: { ...run, settings: { ...settings, ...decoding } },
    counts: counted,
  });
  const read = parseRecord(older({ decode: "free" }));
  expect(read.run.settings).toMatchObject({ scoring: "free", textFormat: "t5" });
  expect(read.counts?.headParams).toBe(0);
  expect(parseRecord(older({})).run.settings.scoring).toBe("trie");
});

test("a method configuration may be absent, any JSON is kept as it is", async () => {
  const record = syntheticRecord();
  for (const methodConfig of [undefined, null, { nested: [1, { deep: "x" }] }]) {
    const file = await writeRecord(out, { ...record, run: { ...record.run, methodConfig } });
    expect((await readRecord(file)).run.methodConfig).toEqual(methodConfig ?? null);
  }
});

test.each(["", "../escape", "a/b", ".hidden", "a\\b", "x".repeat(241)])("the id %j is no file name", (id) => {
  expect(() => recordPath(out, id)).toThrow(/expected a file name/);
});

test("an output directory that cannot be written gives one clear error", async () => {
  await writeFile(join(out, "file"), "");
  await expect(writeRecord(join(out, "file"), syntheticRecord())).rejects.toMatchObject({
    code: "E_RECORD_WRITE",
    message: expect.stringMatching(/check free space and permissions/),
  });
});

test("the temporary file is removed when the rename fails", async () => {
  await mkdir(recordPath(out, syntheticRecord().id), { recursive: true });
  await expect(writeRecord(out, syntheticRecord())).rejects.toMatchObject({ code: "E_RECORD_WRITE" });
  expect(await readdir(join(out, "runs"))).toEqual([`${syntheticRecord().id}.json`]);
});

test("a record of another schema version is refused in one line that says newer or older, anything else is no record", async () => {
  expect(() => parseRecord({ ...syntheticRecord(), schemaVersion: 3 })).toThrow(
    "record: expected schemaVersion 2, got 3, which is newer; update petl-bench",
  );
  expect(() => parseRecord({ ...syntheticRecord(), schemaVersion: 1 })).toThrow(
    "record: expected schemaVersion 2, got 1, which is older; run it again to get a new record",
  );
  const file = await writeRecord(out, syntheticRecord());
  await writeFile(file, JSON.stringify({ ...syntheticRecord(), schemaVersion: 1 }));
  await expect(readRecord(file)).rejects.toMatchObject({ code: "E_RECORD_VERSION" });
  expect(() => parseRecord({})).toThrow(/expected a run record .*got {}/);
  expect(() => parseRecord(null)).toThrow(/expected a run record .*got null/);
});

test("a field that is missing is named: nothing is filled in", () => {
  const { epochs: _, ...record } = syntheticRecord();
  expect(() => parseRecord(record)).toThrow(/record: not a run record: epochs: /);
});

test("JSON with sorted keys is the same text for equal values", () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x" })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  expect(canonicalJson({ a: "x", b: [{ c: null, d: 1 }] })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
});

test("R9: a record with an id that is no file name is named as a problem, and the others are read", async () => {
  await writeRecord(out, syntheticRecord());
  for (const [name, id] of Object.entries({ slash: "../../x", hidden: ".x", empty: "", long: "x".repeat(300) }))
    await writeFile(join(out, "runs", `${name}.json`), sealRecord({ ...syntheticRecord(), id }));
  const { records, problems } = await readRecords(out);
  expect(records).toHaveLength(1);
  expect(problems).toHaveLength(4);
  for (const { message } of problems) expect(message).toMatch(/: not a run record: id: expected a file name/);
});

test("R9: a record beyond any real size, or nested too deep, is named at once as a problem", async () => {
  const file = await writeRecord(out, syntheticRecord());
  await writeFile(join(out, "runs", "huge.json"), "");
  await truncate(join(out, "runs", "huge.json"), 300e6);
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  await writeFile(join(out, "runs", "deep.json"), (await readFile(file, "utf8")).replace("{", `{"a":${deep},`));
  const began = performance.now();
  const { records, problems } = await readRecords(out);
  expect(performance.now() - began).toBeLessThan(1000);
  expect(records).toHaveLength(1);
  expect(problems[0]!.message).toMatch(/deep\.json: not JSON \(expected arrays and objects nested at most 200 deep/);
  expect(problems[1]!.message).toMatch(/huge\.json: expected at most 67,108,864 bytes, got 300,000,000;/);
});

test("N10: a record in a file with another record's name does not count", async () => {
  const file = await writeRecord(out, syntheticRecord());
  await rename(file, recordPath(out, "beta-sst2-0-0a1b2c"));
  const { records, problems } = await readRecords(out);
  expect(records).toEqual([]);
  expect(problems.map(({ message }) => message)).toEqual([
    `${recordPath(out, "beta-sst2-0-0a1b2c")}: expected the record of beta-sst2-0-0a1b2c, got that of ${syntheticRecord().id}; give the file its old name or delete it`,
  ]);
});

test("D5: a damaged record is moved aside and never replaced, a whole one stays", async () => {
  const { id } = syntheticRecord();
  expect(await setAsideDamaged(out, id)).toBeNull();
  const file = await writeRecord(out, syntheticRecord());
  expect(await setAsideDamaged(out, id)).toBeNull();
  for (const [text, name] of [
    ["{", `${id}.json`],
    ["", `${id}.2.json`],
  ] as const) {
    await writeFile(file, text);
    const target = join(out, "runs", "damaged", name);
    expect(await setAsideDamaged(out, id)).toMatchObject({ file: target });
    expect(await readFile(target, "utf8")).toBe(text);
  }
  expect(await readdir(join(out, "runs"))).toEqual(["damaged"]);
  expect(await readRecords(out)).toEqual({ records: [], problems: [] });
});

test("D5: a record of a newer schema stays where it is", async () => {
  const { id } = syntheticRecord();
  const file = await writeRecord(out, syntheticRecord());
  const newer = JSON.stringify({ ...syntheticRecord(), schemaVersion: 3 });
  await writeFile(file, newer);
  await expect(setAsideDamaged(out, id)).rejects.toMatchObject({ code: "E_RECORD_NEWER" });
  expect(await readFile(file, "utf8")).toBe(newer);
});
