import type { Piece } from "./pieces.js";

type Merge = string | readonly [string, string];

const pairOf = (merge: Merge): readonly [string, string] =>
  typeof merge === "string" ? (merge.split(" ", 2) as [string, string]) : merge;

/** Merges as GGUF has them, the two pieces with a space between; null where a piece holds one. */
export function mergeTexts(merges: readonly Merge[]): string[] | null {
  const texts = merges.map((merge) => pairOf(merge).join(" "));
  return texts.every((text) => text.indexOf(" ") === text.lastIndexOf(" ")) ? texts : null;
}

/**
 * Scores of pieces by which SentencePiece merges in the order of `merges`: minus the place at which a piece first comes of one, and
 * pieces that none makes after them, by id.
 *
 * SentencePiece merges whatever two neighbours make a piece. `isWhole` tells whether the merges are all such pairs of normal pieces,
 * those of one piece in a row; only then are both the same.
 *
 * @returns scores (pieces)
 */
export function mergedScores(
  vocabulary: Readonly<Record<string, number>>,
  merges: readonly Merge[],
  pieces: readonly Piece[],
): { readonly scores: Float32Array; readonly isWhole: boolean } {
  const places = new Map<string, number>();
  let isInOrder = true;
  let before = "";
  const pairs = new Set<string>();
  for (const merge of merges) {
    const [left, right] = pairOf(merge);
    const made = left + right;
    pairs.add(`${left} ${right}`);
    if (!places.has(made)) places.set(made, places.size);
    else if (made !== before) isInOrder = false;
    before = made;
  }
  const scores = Float32Array.from(pieces, ({ text }, id) => -(places.get(text) ?? places.size + id));
  const isComplete = pieces.every(
    ({ text, type }) =>
      type !== "normal" ||
      splits(text).every(({ left, right }) => {
        return !(Object.hasOwn(vocabulary, left) && Object.hasOwn(vocabulary, right)) || pairs.has(`${left} ${right}`);
      }),
  );
  return { scores, isWhole: isInOrder && isComplete };
}

/** A text in two, at each of its characters. */
function splits(text: string): { readonly left: string; readonly right: string }[] {
  const characters = [...text];
  return characters.slice(1).map((_, at) => ({
    left: characters.slice(0, at + 1).join(""),
    right: characters.slice(at + 1).join(""),
  }));
}
