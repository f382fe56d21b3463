import type { Example } from "@petl/task";

type Answered = Pick<Example, "sentences" | "texts">;

/**
 * A function from a row's texts and right answers to the answers of its example, a list to which later rows with the same texts add
 * theirs; null for such a later row, which is no example of its own.
 */
export function rowMerger(): (row: Answered) => readonly string[] | null {
  const answers = new Map<string, string[]>();
  return ({ sentences, texts = [] }) => {
    const key = JSON.stringify(Object.values(sentences));
    const known = answers.get(key);
    if (known !== undefined) {
      known.push(...texts.filter((text) => !known.includes(text)));
      return null;
    }
    const own = [...texts];
    answers.set(key, own);
    return own;
  };
}
