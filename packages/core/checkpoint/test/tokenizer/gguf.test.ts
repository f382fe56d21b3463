import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type GgufValue, ggufTokenizer } from "../../src/index.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";

const fixtures = fileURLToPath(new URL("../fixtures/tokenizers", import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

interface Changes {
  readonly document?: object;
  readonly model?: object;
  readonly tokenizerConfig?: object;
  readonly config?: object;
}

/** A checkpoint's directory with a tokenizer of the fixtures, changed. */
function tokenizerOf(name: string, { document, model, tokenizerConfig, config = {} }: Changes = {}): string {
  const directory = temporaryDirectory();
  const original = read(join(fixtures, name, "tokenizer.json"));
  const changed = { ...original, ...document, model: { ...original.model, ...model } };
  writeFileSync(join(directory, "tokenizer.json"), JSON.stringify(changed));
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  if (tokenizerConfig !== undefined)
    writeFileSync(join(directory, "tokenizer_config.json"), JSON.stringify(tokenizerConfig));
  else if (name !== "roberta")
    copyFileSync(join(fixtures, name, "tokenizer_config.json"), join(directory, "tokenizer_config.json"));
  return directory;
}

function valuesOf(name: string, changes?: Changes, vocabularySize = 480): Record<string, GgufValue["value"]> {
  const { metadata } = ggufTokenizer(tokenizerOf(name, changes), vocabularySize);
  return Object.fromEntries(
    Object.entries(metadata).map(([key, { value }]) => [key.replace("tokenizer.ggml.", ""), value]),
  );
}

describe("a byte-level tokenizer", () => {
  test("has its pieces by id with their types, unused ids filled up, and its merges", () => {
    const { tokens, token_type, merges, ...others } = valuesOf("llama-3", {}, 403);
    const { model } = read(join(fixtures, "llama-3/tokenizer.json"));
    expect(tokens).toHaveLength(403);
    for (const [piece, id] of Object.entries<number>(model.vocab)) expect((tokens as string[])[id]).toBe(piece);
    expect((tokens as string[]).slice(400)).toEqual(["[PAD400]", "[PAD401]", "[PAD402]"]);
    const counts = [1, 2, 3, 4, 5, 6].map((type) => (token_type as number[]).filter((each) => each === type).length);
    expect(counts).toEqual([398, 0, 2, 0, 3, 0]); // both special tokens are in the vocabulary of 400 too
    expect(merges).toEqual(model.merges.map((pair: string[]) => pair.join(" ")));
    expect(others).toEqual({
      ...{ model: "gpt2", pre: "llama-bpe", bos_token_id: 0, eos_token_id: 1 },
      ...{ add_bos_token: true, add_eos_token: false },
    });
  });

  test.each([
    [
      "gpt-2",
      { document: { pre_tokenizer: { type: "ByteLevel", add_prefix_space: false } }, model: { ignore_merges: false } },
    ],
    ["dbrx", { model: { ignore_merges: false } }],
  ] as const)("is named %s", (pre, changes) => {
    expect(valuesOf("llama-3", changes)).toMatchObject({ model: "gpt2", pre });
  });

  test("has the template of a chat, ids that only config.json names, and user-defined pieces", () => {
    const added_tokens = [{ id: 399, content: "<think>", special: false }];
    const document = { added_tokens, post_processor: { type: "ByteLevel" } };
    const tokenizerConfig = { eos_token: "<|end_of_text|>", bos_token: null, chat_template: "{{ messages }}" };
    const config = { bos_token_id: 7, pad_token_id: [9, 10] };
    const values = valuesOf("llama-3", { document, tokenizerConfig, config, model: {} });
    expect(values).toMatchObject({ bos_token_id: 7, padding_token_id: 9, "tokenizer.chat_template": "{{ messages }}" });
    expect((values.token_type as number[])[399]).toBe(4);
    expect((values.tokens as string[])[399]).toBe("<think>");
    const several = [{ name: "default", template: "x" }];
    expect(
      valuesOf("llama-3", { document, tokenizerConfig: { ...tokenizerConfig, chat_template: several } }),
    ).not.toHaveProperty(["tokenizer.chat_template"]);
    expect(valuesOf("llama-3", { config: { pad_token_id: -1 } })).not.toHaveProperty("padding_token_id");
  });
});

describe("a tokenizer over spaces that are pieces", () => {
  test("has scores by which its merges are in order, and types of bytes and of the unknown piece", () => {
    const { tokens, scores, token_type, ...others } = valuesOf("llama-2");
    const { model } = read(join(fixtures, "llama-2/tokenizer.json"));
    const made = model.merges.map((pair: string[]) => pair.join(""));
    const scoreOf = (piece: string) => (scores as Float32Array)[(tokens as string[]).indexOf(piece)]!;
    const ofMade = made.map(scoreOf);
    expect(ofMade).toEqual([...ofMade].sort((a, b) => b - a));
    expect(scoreOf("a")).toBeLessThan(Math.min(...ofMade));
    const typeOf = (piece: string) => (token_type as number[])[(tokens as string[]).indexOf(piece)];
    expect(["<unk>", "<s>", "</s>", "<0x0A>", "a"].map(typeOf)).toEqual([2, 3, 3, 6, 1]);
    expect(others).toMatchObject({
      ...{ model: "llama", pre: "default", bos_token_id: 1, eos_token_id: 2, unknown_token_id: 0 },
      ...{ add_bos_token: true, add_eos_token: false, add_space_prefix: true },
    });
  });

  test("may put no space before a text", () => {
    const pre_tokenizer = { type: "Metaspace", replacement: "\u2581", prepend_scheme: "never", split: false };
    expect(valuesOf("llama-2", { document: { normalizer: null, pre_tokenizer } }).add_space_prefix).toBe(false);
  });

  test("is told of only where a SentencePiece model would merge otherwise", () => {
    const { notes } = ggufTokenizer(tokenizerOf("llama-2"), 480);
    expect(notes).toEqual([expect.stringContaining("llama.cpp may divide some words otherwise")]);
    const { vocab } = read(join(fixtures, "llama-2/tokenizer.json")).model;
    const whole = ggufTokenizer(tokenizerOf("llama-2", { model: { merges: allMerges(vocab) } }), 480);
    expect(whole.notes).toEqual([]);
  });
});

/** All pairs of pieces that make a piece, those of one piece in a row. */
function allMerges(vocab: Readonly<Record<string, number>>): string[][] {
  return Object.keys(vocab).flatMap((piece) => {
    const characters = [...piece];
    const pairs = characters.slice(1).map((_, at) => [characters.slice(0, at + 1), characters.slice(at + 1)]);
    return pairs.map((pair) => pair.map((each) => each.join(""))).filter((pair) => pair.every((each) => each in vocab));
  });
}

describe("is refused in one line", () => {
  const split = (regex: string) => ({
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false },
      { type: "ByteLevel", add_prefix_space: false, use_regex: false },
    ],
  });
  test.each<[string, string, Changes, RegExp]>([
    ["WordPiece", "wordpiece", {}, /got WordPiece;/],
    ["an unknown expression", "llama-3", { document: { pre_tokenizer: split("\\w+") } }, /got .*\\\\w\+/],
    ["a lower-casing normalizer", "llama-3", { document: { normalizer: { type: "Lowercase" } } }, /got .*Lowercase/],
    [
      "a space before every text",
      "roberta",
      { document: { pre_tokenizer: { type: "ByteLevel", add_prefix_space: true } } },
      /got .*"add_prefix_space":true/,
    ],
    [
      "special tokens around a text other than its beginning and end",
      "llama-3",
      { document: { post_processor: { type: "BertProcessing", sep: ["b", 5], cls: ["a", 6] } } },
      /got special tokens around a text/,
    ],
    [
      "merges that hold a space",
      "llama-3",
      { model: { merges: [["a b", "c"]] } },
      /got merges of pieces that hold a space/,
    ],
  ])("%s", async (_, name, changes, message) => {
    const error = await thrownBy(() => ggufTokenizer(tokenizerOf(name, changes), 480));
    expect(error).toMatchObject({ code: "E_TOKENIZER_INVALID", remedy: "write the model in safetensors instead" });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });
});
