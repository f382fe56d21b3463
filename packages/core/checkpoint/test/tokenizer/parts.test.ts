import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createBertNormalizer } from "../../src/tokenizer/bert-normalizer.js";
import { createPreTokenizer } from "../../src/tokenizer/pre-tokenizers.js";

interface Cases<Result> {
  readonly texts: readonly string[];
  readonly cases: readonly ({ readonly description: object } & Result)[];
}
const fixture: {
  readonly preTokenizers: Cases<{ readonly words: readonly (readonly string[])[] }>;
  readonly bertNormalizers: Cases<{ readonly texts: readonly string[] }>;
} = JSON.parse(readFileSync(fileURLToPath(new URL("../fixtures/tokenizers/parts.json", import.meta.url)), "utf8"));

describe.each(fixture.preTokenizers.cases)("the pre-tokenizer $description", ({ description, words }) => {
  test("divides texts as the Python library's", () => {
    const preTokenizer = createPreTokenizer(description);
    expect(fixture.preTokenizers.texts.map((text) => preTokenizer(text, true))).toEqual(words);
  });
});

describe.each(fixture.bertNormalizers.cases)("the normaliser $description", ({ description, texts }) => {
  test("gives the Python library's texts", () => {
    expect(fixture.bertNormalizers.texts.map(createBertNormalizer(description))).toEqual(texts);
  });
});

test("a part that is not known is refused", () => {
  expect(() => createPreTokenizer({ type: "UnicodeScripts" })).toThrow(/type/);
  expect(() => createPreTokenizer({ type: "Split", pattern: { String: "a" }, behavior: "Halved" })).toThrow(/behavior/);
  expect(() => createBertNormalizer({ lowercase: "yes" })).toThrow(/lowercase/);
});
