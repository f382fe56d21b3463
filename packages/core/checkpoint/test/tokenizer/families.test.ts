import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { loadTokenizer, type Tokenizer } from "../../src/index.js";

interface Fixture {
  readonly texts: readonly string[];
  /** First text, second text, most ids. */
  readonly pairs: readonly (readonly [first: number, second: number, maxLength: number | null])[];
  readonly contexts: readonly (readonly [context: string, continuation: string])[];
  readonly families: Readonly<
    Record<
      string,
      {
        readonly ids: readonly (readonly number[])[];
        readonly decoded: readonly string[];
        /** Text 16's ids at even positions, decoded. */
        readonly everyOther: string;
        readonly pairs: readonly { readonly ids: readonly number[]; readonly segments: string }[];
        readonly continuations: readonly { readonly context: number[]; readonly continuation: number[] }[];
      }
    >
  >;
}

const folder = fileURLToPath(new URL("../fixtures/tokenizers", import.meta.url));
const fixture: Fixture = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));

/** Llama 2 as newer files write it: no normaliser, and only a text's start gets a space. */
function metaspaceVariant(): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-checkpoint-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const document = JSON.parse(readFileSync(join(folder, "llama-2/tokenizer.json"), "utf8"));
  document.normalizer = null;
  document.pre_tokenizer = { type: "Metaspace", replacement: "\u2581", prepend_scheme: "first", split: false };
  writeFileSync(join(directory, "tokenizer.json"), JSON.stringify(document));
  copyFileSync(join(folder, "llama-2/tokenizer_config.json"), join(directory, "tokenizer_config.json"));
  return directory;
}

const specialIds = {
  wordpiece: { padId: 0, eosId: 3, bosId: null, unknownId: 1 },
  roberta: { padId: 1, eosId: 2, bosId: 0, unknownId: null },
  "llama-3": { padId: 1, eosId: 1, bosId: 0, unknownId: null },
  "llama-2": { padId: 2, eosId: 2, bosId: 1, unknownId: 0 },
  "llama-2-metaspace": { padId: 2, eosId: 2, bosId: 1, unknownId: 0 },
};

describe.each(Object.entries(specialIds))("a %s tokenizer", (name, special) => {
  const directory = name === "llama-2-metaspace" ? metaspaceVariant() : join(folder, name);
  const tokenizer: Tokenizer = loadTokenizer(directory);
  const { ids, decoded, everyOther, pairs, continuations } = fixture.families[name]!;

  test("has its special ids", () => {
    expect(tokenizer).toMatchObject({ ...special, sentinelIds: [] });
  });

  test("encodes texts as the Python library does", () => {
    expect(fixture.texts.map((text) => tokenizer.encode(text))).toEqual(ids);
  });

  test("decodes ids as the Python library does", () => {
    expect(ids.map((each) => tokenizer.decode(each))).toEqual(decoded);
    expect(tokenizer.decode(ids[16]!.filter((_, n) => n % 2 === 0))).toBe(everyOther);
  });

  test("encodes pairs, cut and whole, as the Python library does", () => {
    const found = fixture.pairs.map(([first, second, maxLength]) =>
      tokenizer.encodePair(fixture.texts[first]!, fixture.texts[second]!, maxLength === null ? {} : { maxLength }),
    );
    expect(found).toEqual(pairs.map((pair) => ({ ids: pair.ids, segments: Array.from(pair.segments, Number) })));
  });

  test("divides a context and its continuation as lm-evaluation-harness does", () => {
    const found = fixture.contexts.map(([context, continuation]) =>
      tokenizer.encodeContinuation(context, continuation),
    );
    expect(found).toEqual(continuations);
  });
});
