import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../../src/index.js";
import { type GlueRow, hasSharedData, realModel, withTexts } from "../shared-data.js";

interface Digests {
  readonly tokenizerSha256: string;
  /** SHA-256 of results for 1,000 texts, as JSON. */
  readonly ids: string;
  readonly decoded: string;
  readonly pairs: string;
  readonly segments: string;
  readonly pairsOf24: string;
  readonly continuations: string;
}

const read = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)), "utf8"));
const models: Readonly<Record<string, Digests>> = read("tokenizers/real.json").models;
const glue: readonly GlueRow[] = read("t5-ids.json").glue;
const hasGlue = hasSharedData("glue");

describe.each(Object.entries(models))("the tokenizer of %s on 1,000 GLUE sentences", (name, expected) => {
  const directory = realModel(name);

  test.skipIf(directory === undefined || !hasGlue)("gives the ids of the Python library", () => {
    const file = readFileSync(join(directory!, "tokenizer.json"));
    expect(sha256(file)).toBe(expected.tokenizerSha256);
    const tokenizer = loadTokenizer(directory!);
    const texts = withTexts(glue).map(({ text }) => text);
    const pairs = texts.map((text, n) => [text, texts[(n + 1) % texts.length]!] as const);

    const ids = texts.map((text) => tokenizer.encode(text));
    const whole = pairs.map(([first, second]) => tokenizer.encodePair(first, second));
    const found: Omit<Digests, "tokenizerSha256" | "segments"> = {
      ids: digest(ids),
      decoded: digest(ids.map((each) => tokenizer.decode(each))),
      pairs: digest(whole.map((pair) => pair.ids)),
      pairsOf24: digest(pairs.map(([first, second]) => tokenizer.encodePair(first, second, { maxLength: 24 }).ids)),
      continuations: digest(
        pairs.map(([first, second]) => tokenizer.encodeContinuation(`${first}\nQuestion: ${second}\nAnswer:`, " yes")),
      ),
    };
    expect(found).toEqual({ ...found, ...pick(expected, Object.keys(found) as (keyof typeof found)[]) });
    const segments = whole.map((pair) => pair.segments);
    // The Python library numbers the texts of a pair also where no post-processor gives segments; here they are 0 then.
    if (name === "smollm2-135m") expect(segments.flat().every((segment) => segment === 0)).toBe(true);
    else expect(digest(segments)).toBe(expected.segments);
  });
});

function pick<Key extends keyof Digests>(digests: Digests, keys: readonly Key[]): Pick<Digests, Key> {
  return Object.fromEntries(keys.map((key) => [key, digests[key]])) as Pick<Digests, Key>;
}

function digest(value: unknown): string {
  return sha256(JSON.stringify(value));
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
