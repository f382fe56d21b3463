import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../../src/index.js";
import { tokenizerDocument } from "../../src/tokenizer/from-sentencepiece.js";
import { decodeSentencePieceModel } from "../../src/tokenizer/sentencepiece-model.js";
import { type GlueRow, hasSharedData, sharedData, withTexts } from "../shared-data.js";
import { temporaryDirectory } from "../temporary-directory.js";

interface Fixture {
  readonly strings: readonly { readonly text: string; readonly ids: number[]; readonly sentencepiece: number[] }[];
  readonly glue: readonly GlueRow[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(fileURLToPath(new URL("../fixtures/t5-ids.json", import.meta.url)), "utf8"),
);
const model = join(sharedData, "t5-tokenizer/spiece.model");

describe.skipIf(!hasSharedData("t5-tokenizer"))("T5's tokenizer from spiece.model", () => {
  const tokenizer = hasSharedData("t5-tokenizer") ? loadTokenizer(join(sharedData, "t5-tokenizer")) : undefined!;

  test("has 32,000 pieces and 100 sentinels from 32,099 down", () => {
    expect(tokenizer).toMatchObject({ vocabularySize: 32100, padId: 0, eosId: 1, unknownId: 2 });
    expect(tokenizer.sentinelIds).toEqual(Array.from({ length: 100 }, (_, n) => 32099 - n));
  });

  test("gives T5's published ids for its German prefix", () => {
    expect(tokenizer.encode("translate English to German:", { addEos: false })).toEqual([13959, 1566, 12, 2968, 10]);
    expect(tokenizer.encode("translate English to German:")).toEqual([13959, 1566, 12, 2968, 10, 1]);
  });

  test.skipIf(!hasSharedData("glue"))("agrees with the reference on 1,000 GLUE sentences", () => {
    const rows = withTexts(fixture.glue);
    expect(rows).toHaveLength(1000);
    const wrong = rows.filter(({ row, text }) => tokenizer.encode(text).join() !== row.ids.join());
    expect(wrong.map(({ row }) => row)).toEqual([]);
  });

  test("agrees with transformers on tricky strings, or with SentencePiece where they normalise differently", () => {
    const unlikeTransformers = fixture.strings.filter(({ text, ids }) => tokenizer.encode(text).join() !== ids.join());
    for (const { text, sentencepiece } of unlikeTransformers) expect(tokenizer.encode(text)).toEqual(sentencepiece);
    // Three marks on one letter, and U+0085, which SentencePiece keeps as an unknown character.
    expect(unlikeTransformers.map(({ text }) => /\u0303|\u0085/.test(text))).toEqual([true, true]);
  });

  test("encodes sentinels and special pieces written in a text as their ids, as transformers does", () => {
    expect(tokenizer.encode("<extra_id_0> <extra_id_99></s>", { addEos: false })).toEqual([32099, 32000, 1]);
  });

  test("merges consecutive unknown characters into one id", () => {
    expect(tokenizer.encode("\u4f60\u597d\u4e16", { addEos: false })).toEqual([3, 2]);
  });

  test("keeps the end of sequence when it cuts to a length", () => {
    const text = "translate English to German:";
    expect(tokenizer.encode(text, { maxLength: 3 })).toEqual([13959, 1566, 1]);
    expect(tokenizer.encode(text, { maxLength: 3, addEos: false })).toEqual([13959, 1566, 12]);
    expect(tokenizer.encode(text, { maxLength: 6 })).toHaveLength(6);
    expect(tokenizer.encode(text, { maxLength: 1 })).toEqual([1]);
    expect(() => tokenizer.encode(text, { maxLength: 0 })).toThrow("expected an integer from 1, got 0");
  });

  test("decodes what it encodes, with special pieces only where asked for", () => {
    const text = "translate English to German: That is good.";
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(tokenizer.decode(Int32Array.from([...tokenizer.encode(text), 0, 0]))).toBe(text);
    expect(tokenizer.decode([32099, 207, 1], { skipSpecial: false })).toBe("<extra_id_0> good</s>");
    expect(tokenizer.decode([])).toBe("");
    expect(() => tokenizer.decode([32100])).toThrow("expected ids from 0 to 32099, got 32100");
  });

  test("gives the same ids from a tokenizer.json as from spiece.model", () => {
    const directory = temporaryDirectory();
    const document = tokenizerDocument(model, decodeSentencePieceModel(readFileSync(model)), { sentinels: 100 });
    writeFileSync(join(directory, "tokenizer.json"), JSON.stringify(document));
    const fromJson = loadTokenizer(directory);
    for (const { text } of fixture.strings) expect(fromJson.encode(text)).toEqual(tokenizer.encode(text));
  });

  test("takes the number of sentinels from tokenizer_config.json", () => {
    const directory = temporaryDirectory();
    copyFileSync(model, join(directory, "spiece.model"));
    writeFileSync(join(directory, "tokenizer_config.json"), '{"extra_ids": 0, "eos_token": {"content": "</s>"}}');
    const plain = loadTokenizer(directory);
    expect(plain.vocabularySize).toBe(32000);
    expect(plain.sentinelIds).toEqual([]);
  });
});
