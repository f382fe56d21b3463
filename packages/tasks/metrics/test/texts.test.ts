import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bleu, bleuCounts, bleuOfCounts, exactMatch, type RougeKind, rouge, tokenF1 } from "../src/index.js";
import { stem } from "../src/rouge/stemmer.js";
import { casesOf, fixture } from "./fixture.js";

const kinds: readonly RougeKind[] = ["rouge1", "rouge2", "rougeL", "rougeLsum"];
const textMetrics = [bleu, exactMatch, tokenF1, ...kinds.map((kind) => rouge(kind))];

function expectNear(ours: number, theirs: number, tolerance: number, what: string): void {
  expect(Math.abs(ours - theirs), `${what}: ${ours}, expected ${theirs}`).toBeLessThanOrEqual(tolerance);
}

test("the fixture has two hundred drawn pairs and the odd ones", () => {
  expect(fixture.texts.length).toBeGreaterThan(250);
  expect(new Set(fixture.texts.map(({ name }) => name)).size).toBe(fixture.texts.length);
});

describe("each example agrees with SQuAD's rules, rouge_score and sacrebleu", () => {
  test.for(fixture.texts)("$name", (each) => {
    const { prediction, references } = each;
    expectNear(exactMatch.each(prediction, references), each.exactMatch, 0, "exact match");
    expectNear(tokenF1.each(prediction, references), each.tokenF1, 1e-9, "token F1");
    for (const kind of kinds) {
      expectNear(rouge(kind).each(prediction, references), each.rouge[kind], 1e-9, kind);
      const stemmed = rouge(kind, { stemmed: true }).each(prediction, references);
      expectNear(stemmed, each.rougeStemmed[kind], 1e-9, `${kind} stemmed`);
    }
    expect(bleuCounts(prediction, references)).toEqual(each.bleuCounts);
    expectNear(bleuOfCounts([each.bleuCounts]), each.bleu, 1e-9, "BLEU");
  });
});

describe("each corpus agrees, BLEU also from counts kept apart", () => {
  test.for(fixture.corpora)("$name", ({ cases, ...expected }) => {
    const examples = casesOf(cases);
    const predictions = examples.map(({ prediction }) => prediction);
    const references = examples.map((each) => each.references);
    expectNear(exactMatch.corpus(predictions, references), expected.exactMatch, 1e-9, "exact match");
    expectNear(tokenF1.corpus(predictions, references), expected.tokenF1, 1e-9, "token F1");
    expectNear(bleu.corpus(predictions, references), expected.bleu, 1e-9, "BLEU");
    expectNear(bleuOfCounts(examples.map((each) => each.bleuCounts)), expected.bleu, 1e-9, "BLEU of counts");
    const rougeMean = examples.reduce((sum, each) => sum + each.rouge.rougeL, 0) / examples.length;
    expectNear(rouge("rougeL").corpus(predictions, references), rougeMean, 1e-9, "rougeL");
  });
});

test("stems are those of NLTK", () => {
  const words = fixture.stems.flatMap((line) => line.split(" "));
  expect(words.length).toBeGreaterThan(10_000);
  const theirs = words.filter((_, at) => at % 2 === 1);
  const ours = words.filter((_, at) => at % 2 === 0).map(stem);
  expect(ours).toEqual(theirs);
});

test("every metric is 0 to 1, does not depend on the references' order, and is 1 of equal plain texts", () => {
  const text = fc.string({
    unit: fc.constantFrom("salt", "sea", "the", " ", " ", ".", ",", "5", "-", "\n", "\u{1f6a2}"),
  });
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1, maxLength: 4 }), (prediction, references) => {
      for (const metric of textMetrics) {
        const value = metric.corpus([prediction], [references]);
        expect(value, metric.name).toBeGreaterThanOrEqual(0);
        expect(value, metric.name).toBeLessThanOrEqual(1);
        expect(metric.corpus([prediction], [references.toReversed()]), metric.name).toBe(value);
      }
    }),
  );
  for (const { corpus, name } of textMetrics) {
    expect(corpus(["salt and sea and wind"], [["rain", "salt and sea and wind"]]), name).toBe(1);
  }
});
