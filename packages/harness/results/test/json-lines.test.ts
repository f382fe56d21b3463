import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendJsonLine, readJsonLines } from "@petl/results";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "petl-lines-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("appended values come back in order", async () => {
  const file = join(folder, "events.jsonl");
  for (let step = 0; step < 3; step++) appendJsonLine(file, { step });
  expect(await readJsonLines(file)).toEqual({
    values: [{ step: 0 }, { step: 1 }, { step: 2 }],
    problems: [],
    partial: null,
  });
});

test("a last partial line is set aside, and the next append does not join it", async () => {
  const file = join(folder, "events.jsonl");
  await writeFile(file, '{"step":1}\n{"st');
  expect(await readJsonLines(file)).toEqual({ values: [{ step: 1 }], problems: [], partial: '{"st' });
  appendJsonLine(file, { step: 2 });
  const { values, problems, partial } = await readJsonLines(file);
  expect(values).toEqual([{ step: 1 }, { step: 2 }]);
  expect(problems.map((problem) => problem.line)).toEqual([2]);
  expect(partial).toBeNull();
});

test("a missing log and an unwritable one are clear errors", async () => {
  await expect(readJsonLines(join(folder, "none"))).rejects.toMatchObject({ code: "E_RECORD_READ" });
  expect(() => appendJsonLine(join(folder, "no", "where"), 1)).toThrow(/cannot append to/);
});
