import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../../src/index.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";

const tiny = fileURLToPath(new URL("../../../../families/t5/presets/t5-tiny-random/tokenizer.json", import.meta.url));

function directoryWith(files: Record<string, string | Uint8Array>): string {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

/** A small `.model` file written field by field. */
function sentencePieceModel(options: { modelType?: number; pieces?: string[]; prefix?: boolean } = {}): Uint8Array {
  const { modelType = 1, pieces = ["\u2581a", "\u2581", "a", "b"], prefix = true } = options;
  const writer = protobuf.Writer.create();
  const types = [3, 3, 2, ...pieces.map(() => 1)];
  ["<pad>", "</s>", "<unk>", ...pieces].forEach((piece, i) => {
    writer.uint32(10).fork();
    writer.uint32(10).string(piece).uint32(21).float(-i).uint32(24).int32(types[i]!);
    writer.ldelim();
  });
  writer
    .uint32(18)
    .fork()
    .uint32(24)
    .int32(modelType)
    .uint32(320)
    .int32(2)
    .uint32(336)
    .int32(1)
    .uint32(344)
    .int32(0)
    .ldelim();
  writer.uint32(26).fork().uint32(24).bool(prefix).ldelim();
  return writer.finish();
}

test("a SentencePiece model without a charsmap is read with its own defaults", () => {
  const tokenizer = loadTokenizer(directoryWith({ "spiece.model": sentencePieceModel() }));
  expect(tokenizer.vocabularySize).toBe(107);
  expect(tokenizer.encode(" a  ba zz")).toEqual([3, 4, 6, 5, 4, 2, 1]);
});

test("tokenizer.json goes before spiece.model", () => {
  const files = { "tokenizer.json": readFileSync(tiny), "spiece.model": sentencePieceModel() };
  expect(loadTokenizer(directoryWith(files)).vocabularySize).toBe(4096);
});

test("pieces that only added_tokens hold count, up to the highest id", () => {
  const document = {
    added_tokens: ["<pad>", "</s>", "<unk>"]
      .map((content, id) => ({ id, content, special: true }))
      .concat([{ id: 8, content: "<extra_id_0>", special: true }]),
    pre_tokenizer: { type: "Metaspace" },
    model: { type: "Unigram", unk_id: 2, vocab: ["<pad>", "</s>", "<unk>", "\u2581", "a"].map((piece) => [piece, -1]) },
  };
  const tokenizer = loadTokenizer(directoryWith({ "tokenizer.json": JSON.stringify(document) }));
  expect(tokenizer).toMatchObject({ vocabularySize: 9, sentinelIds: [8] });
  expect(tokenizer.encode("aa<extra_id_0>b")).toEqual([3, 4, 4, 8, 3, 2, 1]);
});

describe("a tokenizer that cannot be used is refused with its file and a remedy", () => {
  const whole = existsSync(tiny) ? readFileSync(tiny, "utf8") : "";
  const changed = (edit: (document: { model: Record<string, unknown> }) => void) => {
    const document = JSON.parse(whole);
    edit(document);
    return JSON.stringify(document);
  };
  test.each([
    ["tokenizer.json", "cut short", whole.slice(0, 5000), "JSON"],
    ["tokenizer.json", "empty", "", "JSON"],
    ["tokenizer.json", "no object", "[1]", "expected object"],
    ["tokenizer.json", "without a model", "{}", "model"],
    ["tokenizer.json", "of an unknown model", '{"model": {"type": "Words"}}', "model"],
    [
      "tokenizer.json",
      "with a vocabulary of the wrong form",
      changed(({ model }) => (model.vocab = { a: 1 })),
      "vocab",
    ],
    ["tokenizer.json", "with byte fallback", changed(({ model }) => (model.byte_fallback = true)), "byte_fallback"],
    ["tokenizer.json", "without padding", whole.replaceAll("<pad>", "<gap>"), '"<pad>"'],
    ["spiece.model", "empty", "", "no pieces"],
    ["spiece.model", "cut short", sentencePieceModel().slice(0, 40), "index out of range"],
    ["spiece.model", "of text", "this is not a model", ""],
    ["spiece.model", "of byte pairs", sentencePieceModel({ modelType: 2 }), "model type BPE"],
    ["spiece.model", "without a dummy prefix", sentencePieceModel({ prefix: false }), "add_dummy_prefix"],
    ["spiece.model", "with pieces of two words", sentencePieceModel({ pieces: ["a\u2581b"] }), "crosses a space"],
    ["tokenizer_config.json", "cut short", "{", "JSON"],
  ])("%s %s", async (name, _, content, words) => {
    const directory = directoryWith({ "spiece.model": sentencePieceModel(), [name]: content });
    const error = await thrownBy(() => loadTokenizer(directory));
    expect(error).toMatchObject({ code: "E_TOKENIZER_INVALID", file: join(directory, name) });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("\n");
  });

  test("none there", async () => {
    const directory = temporaryDirectory();
    const error = await thrownBy(() => loadTokenizer(directory));
    expect(error).toMatchObject({ code: "E_FILE_MISSING", expected: "tokenizer.json or spiece.model in it" });
  });
});

test("R5: a count of sentinels or an id beyond any real one is refused", async () => {
  const sentinels = directoryWith({
    "spiece.model": sentencePieceModel(),
    "tokenizer_config.json": '{"extra_ids": 1000000000}',
  });
  expect((await thrownBy(() => loadTokenizer(sentinels))).message).toMatch(/extra_ids/);
  const document = JSON.parse(readFileSync(tiny, "utf8"));
  document.added_tokens[0].id = 1e12;
  const far = directoryWith({ "tokenizer.json": JSON.stringify(document) });
  expect((await thrownBy(() => loadTokenizer(far))).message).toMatch(/10000000/);
});
