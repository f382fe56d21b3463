import { PieceTrie } from "./piece-trie.js";

/** How much an unknown character scores below the lowest piece: SentencePiece's `kUnkPenalty`. */
const UNKNOWN_PENALTY = 10;

/**
 * Makes the search for the segmentation with the highest sum of piece scores (Viterbi), in time linear in the text.
 *
 * A character that is no piece scores `min(scores) - 10`; such characters in a row come back as one segment. Of equal sums the one whose last piece is longer
 * wins, as in SentencePiece's `EncodeOptimized` and Hugging Face's `Unigram`; sums are f64, as in the latter.
 *
 * Kudo 2018, section 3.1, https://arxiv.org/abs/1804.10959
 * @param pieces with `scores`: natural-logarithm probabilities; @param unknownId the piece that is never matched
 */
export function unigramSegmenter(
  pieces: readonly string[],
  scores: readonly number[],
  unknownId: number,
): (text: string) => string[] {
  const trie = new PieceTrie(pieces);
  const unknownScore =
    scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;
  const scoreOf = Float64Array.from(scores);
  if (unknownId >= 0) scoreOf[unknownId] = unknownScore;
  let best = new Float64Array(256);
  let begin = new Int32Array(256);
  let known = new Uint8Array(256);

  return (text) => {
    const length = text.length;
    if (length >= best.length) {
      best = new Float64Array(2 * length);
      begin = new Int32Array(2 * length);
      known = new Uint8Array(2 * length);
    }
    begin.fill(-1, 0, length + 1);
    best[0] = 0;
    for (let start = 0, next = 0; start < length; start = next) {
      next = start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
      const base = best[start]!;
      let knowsCharacter = false;
      let node = 0;
      for (let end = start; end < length; ) {
        node = trie.child(node, text.charCodeAt(end++));
        if (node < 0) break;
        const piece = trie.pieceAt[node]!;
        if (piece < 0) continue;
        offer(start, end, base + scoreOf[piece]!, 1);
        knowsCharacter ||= end === next;
      }
      if (!knowsCharacter) offer(start, next, base + unknownScore, 0);
    }
    return backtrace(text, begin, known);
  };

  function offer(start: number, end: number, score: number, isKnown: 0 | 1): void {
    if (begin[end] !== -1 && score <= best[end]!) return;
    best[end] = score;
    begin[end] = start;
    known[end] = isKnown;
  }
}

function backtrace(text: string, begin: Int32Array, known: Uint8Array): string[] {
  const found: string[] = [];
  for (let end = text.length, start = end; end > 0; end = start) {
    start = begin[end]!;
    if (known[end] === 0) while (start > 0 && known[start] === 0) start = begin[start]!;
    found.push(text.slice(start, end));
  }
  return found.reverse();
}
