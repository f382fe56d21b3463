import fc from "fast-check";
import { expect, test } from "vitest";
import { unigramSegmenter } from "../../src/tokenizer/unigram.js";

const pieces = ["<unk>", "a", "b", "ab", "ba", "aab", "\u{1f600}", "\u{1f600}a"];
const scores = [0, -1.25, -2.5, -3, -2.75, -3.5, -4, -4.5];
const segment = unigramSegmenter(pieces, scores, 0);
const unknownScore = -4.5 - 10;

/** Highest sum over every way to cut the text. */
function naiveBest(characters: readonly string[]): number {
  if (characters.length === 0) return 0;
  const ends = characters.map((_, i) => i + 1);
  return Math.max(...ends.map((end) => scoreOf(characters.slice(0, end)) + naiveBest(characters.slice(end))));
}

function scoreOf(characters: readonly string[]): number {
  const index = pieces.indexOf(characters.join(""));
  if (index > 0) return scores[index]!;
  return characters.every((character) => !pieces.includes(character))
    ? characters.length * unknownScore
    : Number.NEGATIVE_INFINITY;
}

test("the segmentation has the highest score of all, and its pieces make up the text", () => {
  const letters = fc.array(fc.constantFrom("a", "b", "c", "\u{1f600}", "\u{1f601}"), { maxLength: 9 });
  fc.assert(
    fc.property(letters, (characters) => {
      const found = segment(characters.join(""));
      expect(found.join("")).toBe(characters.join(""));
      const total = found.reduce((sum, piece) => sum + scoreOf([...piece]), 0);
      expect(total).toBeCloseTo(naiveBest(characters), 9);
    }),
  );
});

test("unknown characters in a row are one segment", () => {
  expect(segment("xyaz")).toEqual(["xy", "a", "z"]);
});

test("a word of 200,000 letters is segmented in linear time", () => {
  const found = segment("ab".repeat(100_000));
  expect(found.join("")).toHaveLength(200_000);
});
