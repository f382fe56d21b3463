import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadTokenizer } from "../../src/index.js";
import { type GlueRow, hasSharedData, withTexts } from "../shared-data.js";

interface Fixture {
  readonly tokenizerSha256: string;
  readonly strings: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
  readonly glue: readonly GlueRow[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(fileURLToPath(new URL("../fixtures/tiny-ids.json", import.meta.url)), "utf8"),
);
const file = fileURLToPath(new URL("../../../../families/t5/presets/t5-tiny-random/tokenizer.json", import.meta.url));
const tokenizer = loadTokenizer(file);

test("the tiny preset's tokenizer is the one the fixture and its training script name", () => {
  const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
  expect(digest).toBe(fixture.tokenizerSha256);
  const script = fileURLToPath(new URL("../../../../../scripts/train-tokenizers.py", import.meta.url));
  expect(readFileSync(script, "utf8")).toContain(digest);
});

test("the tiny preset's vocabulary has 4,096 ids laid out as T5's", () => {
  expect(tokenizer).toMatchObject({ vocabularySize: 4096, padId: 0, eosId: 1, unknownId: 2 });
  expect(tokenizer.sentinelIds).toEqual(Array.from({ length: 100 }, (_, n) => 4095 - n));
});

test("the tiny preset's tokenizer agrees with the Python library on tricky strings, both ways", () => {
  for (const { text, ids, decoded } of fixture.strings) {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  }
});

test("lower-cased text with common punctuation survives encoding and decoding", () => {
  const text = 'not_entailment, "acceptable" (or 3.8?) -- it \'s a clich\u00e9 !';
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
});

test.skipIf(!hasSharedData("glue"))(
  "the tiny preset's tokenizer agrees with the Python library on 200 GLUE rows",
  () => {
    const rows = withTexts(fixture.glue);
    expect(rows).toHaveLength(200);
    const wrong = rows.filter(({ row, text }) => tokenizer.encode(text).join() !== row.ids.join());
    expect(wrong.map(({ row }) => row)).toEqual([]);
    const ids = rows.flatMap(({ row }) => row.ids);
    expect(ids.filter((id) => id === tokenizer.unknownId).length / ids.length).toBeLessThan(0.001);
  },
);
