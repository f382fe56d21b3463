import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { glueReader, glueTasks } from "@petl/glue";
import { loadTask } from "@petl/task";
import { expect, test } from "vitest";
import { generateTask } from "../src/generate.js";
import { sampleFolder, sampleNotice, writeSample } from "../src/index.js";
import { temporaryDirectory } from "./files.js";

/** SHA-256 over the manifest's hashes for seed 0 and the default sizes: a change of a sentence must raise the grammar's version. */
const committed = "18b15afd857cbe80c77d6e4db122ab2c4731dcbe6b95df9ff0bf6543103b0f74";

const small = { trainRows: 24, devRows: 12 };

test("the same seed gives the same bytes, on every machine", async () => {
  const { files } = await writeSample(join(temporaryDirectory(), "sample"));
  const text = Object.entries(files)
    .sort()
    .map(([path, hash]) => `${path} ${hash}\n`)
    .join("");
  expect(createHash("sha256").update(text).digest("hex")).toBe(committed);
});

test("another seed gives other sentences, more training rows the same evaluation rows", async () => {
  const directory = temporaryDirectory();
  const [one, two, more] = [
    await writeSample(join(directory, "1"), small),
    await writeSample(join(directory, "2"), { ...small, seed: 1 }),
    await writeSample(join(directory, "3"), { ...small, trainRows: 30 }),
  ];
  for (const [path, hash] of Object.entries(one.files)) {
    expect(two.files[path]).not.toBe(hash);
    if (path.includes("dev")) expect(more.files[path]).toBe(hash);
  }
});

test("every task loads as GLUE does, with nothing dropped and a notice that it is not GLUE", async () => {
  const directory = join(temporaryDirectory(), "sample");
  await writeSample(directory);
  for (const task of glueTasks) {
    const loaded = await loadTask(await glueReader(directory, task));
    expect(loaded.source).toBe("sample");
    expect(loaded.notices).toEqual([sampleNotice]);
    expect(loaded.evaluations).toHaveLength(task.evaluations.length);
    expect(loaded.train).toMatchObject({ dropped: 0, file: { rows: 2000, officialRows: null } });
    for (const { dropped, file } of loaded.evaluations) expect([dropped, file.rows]).toEqual([0, 400]);
    const labels = new Set(loaded.train.examples.map(({ label }) => label));
    if (task.target.kind === "class") expect(labels.size).toBe(task.target.labels.length);
    for (const { label } of loaded.train.examples) expect(label).toBeGreaterThanOrEqual(0);
  }
});

test("the headers are the official ones", async () => {
  const directory = join(temporaryDirectory(), "sample");
  await writeSample(directory, small);
  const firstLine = (path: string) => readFileSync(join(directory, path), "utf8").split("\n")[0]!.split("\t");
  expect(firstLine("CoLA/train.tsv")).toHaveLength(4);
  expect(firstLine("STS-B/dev.tsv").slice(7)).toEqual(["sentence1", "sentence2", "score"]);
  expect(firstLine("MNLI/train.tsv").slice(8)).toEqual(["sentence1", "sentence2", "label1", "gold_label"]);
  expect(firstLine("MNLI/dev_matched.tsv")).toHaveLength(16);
  expect(firstLine("MRPC/dev.tsv")).toEqual(["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"]);
});

test("a sample that is there is kept, a damaged one written anew, and anything else left alone", async () => {
  const directory = join(temporaryDirectory(), "sample");
  await writeSample(directory, small);
  const file = join(directory, "RTE", "dev.tsv");
  const content = readFileSync(file, "utf8");
  writeFileSync(file, "damaged");
  await writeSample(directory, small);
  expect(readFileSync(file, "utf8")).toBe(content);
  expect(readdirSync(join(directory, ".."))).toEqual(["sample"]);

  const other = join(temporaryDirectory(), "mine");
  mkdirSync(other);
  writeFileSync(join(other, "thesis.txt"), "mine");
  await expect(writeSample(other, small)).rejects.toThrow("something else");
  expect(readdirSync(other)).toEqual(["thesis.txt"]);
});

test("sizes that are no whole numbers, and more rows than there are sentences, are refused by name", async () => {
  const directory = temporaryDirectory();
  await expect(writeSample(join(directory, "a"), { trainRows: 0 })).rejects.toThrow(
    "trainRows: expected a whole number",
  );
  await expect(writeSample(join(directory, "b"), { seed: 0.5 })).rejects.toThrow("seed");
  expect(() => generateTask("wnli", { trainRows: 0 })).toThrow(RangeError);
  expect(sampleFolder()).toBe("v1-seed0-train2000-dev400");
});
