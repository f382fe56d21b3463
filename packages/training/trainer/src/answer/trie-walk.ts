import { NotFiniteError, type Origin } from "@petl/backbone";
import { type Tensor, tf } from "@petl/tensor";
import { followUnbranched, type TrieNode } from "./label-trie.js";

/** One example on its way down the tree of answers. */
export interface Walk {
  node: TrieNode;
  /** What is written so far. */
  readonly ids: number[];
}

export const isDecided = ({ node }: Walk): boolean => node.label !== null;

/** Where a model's answers come from outside training. */
export const defaultOrigin: Origin = {
  place: "prediction",
  remedy: "the model's weights diverged or are damaged: train it again with a lower --learning-rate",
};

/** Logits of the candidate tokens after what each walk has written: (walks, branches). Rows of decided walks are ignored. */
export type BranchScores = (walks: readonly Walk[], branches: readonly number[]) => Promise<Float32Array>;

/**
 * Walks each of `rows` examples down the tree of answers and returns its label index. Where the tree branches, it scores whole
 * prefixes, so that hooks and side networks see sequences from position 0, and takes the likeliest branch.
 *
 * @throws NotFiniteError, naming `place`, where a logit that decides is NaN or infinite
 */
export async function walkTrie(
  trie: TrieNode,
  rows: number,
  scores: BranchScores,
  { place, remedy }: Origin = defaultOrigin,
): Promise<number[]> {
  const walks: Walk[] = Array.from({ length: rows }, () => advance({ node: trie, ids: [] }));
  while (!walks.every(isDecided)) {
    const branches = [...new Set(walks.flatMap(({ node }) => [...node.children.keys()]))].sort((a, b) => a - b);
    const values = await scores(walks, branches);
    for (const [row, walk] of walks.entries()) {
      if (isDecided(walk)) continue;
      const value = (id: number): number => {
        const logit = values[row * branches.length + branches.indexOf(id)]!;
        if (!Number.isFinite(logit)) throw new NotFiniteError(place, "logits of the answers", logit, remedy);
        return logit;
      };
      const best = [...walk.node.children.keys()].reduce((a, b) => (value(b) > value(a) ? b : a));
      walk.ids.push(best);
      walk.node = walk.node.children.get(best)!;
      advance(walk);
    }
  }
  return walks.map(({ node }) => node.label!);
}

function advance(walk: Walk): Walk {
  const { ids, end } = followUnbranched(walk.node);
  walk.ids.push(...ids);
  walk.node = end;
  return walk;
}

/** `logits` (rows, positions, vocabulary) after the last token of each answer, of the candidates: (rows, branches). */
export function candidateLogits(
  logits: Tensor,
  answers: readonly (readonly number[])[],
  branches: readonly number[],
): Tensor {
  const [, positions, vocabulary] = logits.shape as [number, number, number];
  const last = answers.map((ids, row) => row * positions + ids.length);
  const rows = tf.gather(tf.reshape(logits, [-1, vocabulary]), tf.tensor1d(last, "int32"));
  return tf.gather(rows, tf.tensor1d([...branches], "int32"), 1);
}
