/** A node of the prefix tree of a task's answers. */
export interface TrieNode {
  readonly children: ReadonlyMap<number, TrieNode>;
  /** The answer that ends here, or null. */
  readonly label: number | null;
}

/**
 * Prefix tree of token sequences, each of which ends with the end-of-sequence id, so that none is a prefix of another.
 *
 * @throws Error if two answers have the same tokens (a tokenizer that cannot tell them apart, or a target length too short)
 */
export function labelTrie(labels: readonly { readonly text: string; readonly ids: readonly number[] }[]): TrieNode {
  return node(
    labels.map(({ text, ids }, label) => ({ text, ids, label })),
    0,
  );
}

interface Answer {
  readonly text: string;
  readonly ids: readonly number[];
  readonly label: number;
}

function node(answers: readonly Answer[], depth: number): TrieNode {
  const ended = answers.filter(({ ids }) => ids.length === depth);
  if (ended.length > 0 && answers.length > 1) {
    const texts = answers.map(({ text }) => JSON.stringify(text)).join(" and ");
    throw new Error(
      `evaluation: expected answers with different tokens, got the same for ${texts}; raise maxTargetLength in the suite or use another tokenizer`,
    );
  }
  if (ended.length > 0) return { children: new Map(), label: ended[0]!.label };
  const byToken = new Map<number, Answer[]>();
  for (const answer of answers) byToken.set(answer.ids[depth]!, [...(byToken.get(answer.ids[depth]!) ?? []), answer]);
  return { children: new Map([...byToken].map(([id, below]) => [id, node(below, depth + 1)])), label: null };
}

/** Follows the only way from a node as long as there is just one: the tokens taken and where they end. */
export function followUnbranched(start: TrieNode): { readonly ids: number[]; readonly end: TrieNode } {
  const ids: number[] = [];
  let end = start;
  while (end.children.size === 1) {
    const [id, next] = [...end.children][0]!;
    ids.push(id);
    end = next;
  }
  return { ids, end };
}
