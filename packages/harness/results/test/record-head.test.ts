import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readRecordHeads, writeRecord } from "../src/index.js";
import { syntheticRecord } from "./record-factory.js";

function folder(): string {
  const out = mkdtempSync(join(tmpdir(), "petl-head-"));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  return out;
}

test.each<[string, unknown]>([
  ["an ordinary one", { rank: 8 }],
  ["settings that look like the end of it", { text: '\n  },\n  "run": {' }],
  ["settings longer than what is read first", { text: "x".repeat(40_000) }],
])("the head of a record is its beginning: %s", async (_, methodConfig) => {
  const out = folder();
  const record = syntheticRecord();
  await writeRecord(out, { ...record, run: { ...record.run, methodConfig } });
  const { id, status, error, startedAt, endedAt, run } = (await readRecordHeads(out))[0]!;
  expect({ id, status, error, startedAt, endedAt, run }).toEqual({
    ...{ id: record.id, status: record.status, error: record.error },
    ...{ startedAt: record.startedAt, endedAt: record.endedAt, run: { ...record.run, methodConfig } },
  });
});

test("only the beginning is read, so a tail that is damaged goes unseen, and one whose beginning is cut counts as missing", async () => {
  const out = folder();
  const record = syntheticRecord();
  const file = await writeRecord(out, record);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.slice(0, -200));
  expect((await readRecordHeads(out)).map(({ id }) => id)).toEqual([record.id]);
  writeFileSync(file, text.slice(0, 100));
  expect(await readRecordHeads(out)).toEqual([]);
  expect(await readRecordHeads(join(out, "nothing"))).toEqual([]);
});
