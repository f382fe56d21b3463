import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../../src/index.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";

const folder = fileURLToPath(new URL("../fixtures/tokenizers", import.meta.url));

type Change = readonly [path: readonly (string | number)[], value: unknown];

/** A family's small tokenizer with other files beside it, and one entry of its description changed. */
function directoryOf(family: string, files: Record<string, object>, change?: Change): string {
  const directory = temporaryDirectory();
  const document = JSON.parse(readFileSync(join(folder, family, "tokenizer.json"), "utf8"));
  if (change !== undefined) {
    const [path, value] = change;
    const parent = path.slice(0, -1).reduce((at, key) => at[key], document);
    parent[path.at(-1)!] = value;
  }
  for (const [name, content] of Object.entries({ ...files, "tokenizer.json": document }))
    writeFileSync(join(directory, name), JSON.stringify(content));
  return directory;
}

const end = { eos_token: "</s>" };
const begin = { eos_token: "<|end_of_text|>" };
const bert = { type: "BertProcessing", cls: ["[CLS]", 0], sep: ["[SEP]", 1] };

describe("special tokens", () => {
  test("are read as text, as an object, or as the first of several", () => {
    for (const eos_token of [
      "<|end_of_text|>",
      { content: "<|end_of_text|>", lstrip: false },
      ["<|end_of_text|>", "x"],
    ])
      expect(loadTokenizer(directoryOf("llama-3", { "tokenizer_config.json": { eos_token } })).eosId).toBe(1);
  });

  test("come from special_tokens_map.json where tokenizer_config.json does not name them", () => {
    const map = { eos_token: "<|end_of_text|>", bos_token: "<|end_of_text|>" };
    const files = { "special_tokens_map.json": map, "tokenizer_config.json": { bos_token: "<|begin_of_text|>" } };
    expect(loadTokenizer(directoryOf("llama-3", files))).toMatchObject({ eosId: 1, bosId: 0 });
  });

  test("are the customary ones of BERT and RoBERTa where no file names them", () => {
    expect(loadTokenizer(directoryOf("wordpiece", {}))).toMatchObject({
      padId: 0,
      eosId: 3,
      bosId: null,
      unknownId: 1,
    });
    expect(loadTokenizer(directoryOf("roberta", {}))).toMatchObject({ padId: 1, eosId: 2, bosId: 0, unknownId: null });
  });

  test("without padding, a byte-pair tokenizer pads with the end of sequence", () => {
    const config = { eos_token: "</s>", pad_token: null };
    expect(loadTokenizer(directoryOf("llama-2", { "tokenizer_config.json": config })).padId).toBe(2);
  });

  test("in a text become their ids, and a mask takes the white space before it", () => {
    const tokenizer = loadTokenizer(join(folder, "roberta"));
    expect(tokenizer.encode("x  <mask>", { addSpecial: false })).toEqual([
      ...tokenizer.encode("x", { addSpecial: false }),
      4,
    ]);
    expect(tokenizer.decode([0, 4, 2])).toBe("");
    expect(tokenizer.decode([0, 4, 2], { skipSpecial: false })).toBe("<s><mask></s>");
  });

  test.each<readonly [string, string, object, Change | undefined, string]>([
    ["llama-3", "no end of sequence", {}, undefined, 'names no end-of-sequence token, and no piece is "</s>"'],
    ["wordpiece", "no padding", { pad_token: null }, undefined, "names no padding token"],
    ["llama-2", "a token that is no piece", { pad_token: "<gap>" }, undefined, 'no piece "<gap>", the padding token'],
    ["llama-2", "dropout", end, [["model", "dropout"], 0.1], "dropout is not supported"],
    ["llama-2", "ends of words", end, [["model", "end_of_word_suffix"], "</w>"], "end_of_word_suffix is not supported"],
    ["llama-2", "an id beyond any vocabulary", end, [["model", "vocab", "far"], 1e12], "10000000"],
    ["llama-2", "no merges", end, [["model", "merges"], undefined], "merges"],
    ["llama-2", "a template without ids", end, [["post_processor", "special_tokens"], {}], 'special token "<s>"'],
    ["llama-3", "two templates", begin, [["post_processor", "processors", 0], bert], "post-processors in a row"],
    ["roberta", "an id beyond its pieces", {}, [["post_processor", "cls", 1], 5000], "a special token of id 5000"],
    ["wordpiece", "an unknown pre-tokenizer", {}, [["pre_tokenizer", "type"], "UnicodeScripts"], "type"],
    ["wordpiece", "added whole words", {}, [["added_tokens", 0, "single_word"], true], "single_word is not supported"],
  ])("%s with %s is refused in one line", async (family, _, config, change, words) => {
    const directory = directoryOf(family, { "tokenizer_config.json": config }, change);
    const error = await thrownBy(() => loadTokenizer(directory));
    expect(error).toMatchObject({ code: "E_TOKENIZER_INVALID", file: join(directory, "tokenizer.json") });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("\n");
  });
});

describe("limits", () => {
  const encoder = loadTokenizer(join(folder, "wordpiece"));
  const decoder = loadTokenizer(join(folder, "llama-2"));
  const text = "The harbour was quiet when the two boats came home.";

  test("keep special tokens and cut the text, whatever tokenizer.json says of truncation and padding", () => {
    const whole = encoder.encode(text);
    expect(encoder.encode(`${text} ${text}`)).toHaveLength(2 * whole.length - 2); // 24: the file itself cuts to 16
    expect(whole).toHaveLength(13); // and pads to 16
    expect(encoder.encode(text, { maxLength: 5 })).toEqual([...whole.slice(0, 4), encoder.eosId]);
    expect(encoder.encode(text, { maxLength: 3, addSpecial: false })).toEqual(whole.slice(1, 4));
    expect(encoder.encodePair(text, text, { maxLength: 3 })).toEqual({ ids: [2, 3, 3], segments: [0, 0, 1] });
    expect(encoder.encodePair(text, null)).toEqual({ ids: whole, segments: whole.map(() => 0) });
  });

  test("without room for the special tokens are refused", () => {
    expect(() => encoder.encode(text, { maxLength: 1 })).toThrow(
      "maxLength: expected an integer from 2 (the special tokens), got 1",
    );
    expect(() => encoder.encodePair(text, text, { maxLength: 2 })).toThrow("from 3");
    expect(() => encoder.encodePair(text, text, { maxLength: 3.5 })).toThrow("got 3.5");
    expect(() => decoder.encodeContinuation(text, " no", { maxLength: 0 })).toThrow(
      "maxLength: expected an integer from 1",
    );
    expect(() => decoder.encodeContinuation(text, " no", { maxContinuationLength: 0 })).toThrow(
      "maxContinuationLength",
    );
  });

  test("cut a context on its left, after what begins it, and a continuation on its right", () => {
    const whole = decoder.encodeContinuation(text, " when it was quiet");
    const cut = decoder.encodeContinuation(text, " when it was quiet", { maxLength: 6, maxContinuationLength: 2 });
    expect(cut.context).toEqual([1, ...whole.context.slice(-5)]);
    expect(cut.continuation).toEqual(whole.continuation.slice(0, 2));
    expect(decoder.encodeContinuation(text, " no", { maxLength: 1 }).context).toEqual([1]);
  });

  test("a continuation that adds no id is refused", () => {
    expect(() => decoder.encodeContinuation("boats", "")).toThrow('adds ids to those of its context, got ""');
  });

  test("white space at a context's end moves to the continuation", () => {
    expect(decoder.encodeContinuation("boats ", "came")).toEqual(decoder.encodeContinuation("boats", " came"));
  });
});
