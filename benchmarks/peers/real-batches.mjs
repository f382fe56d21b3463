// The same examples of a real task in two orders: in this project's batches of similar lengths, and as shuffled.
import { loadTokenizer } from "@petl/checkpoint";
import { findTask, openGlue } from "@petl/glue";
import { loadTask } from "@petl/task";
import { seededRandom } from "@petl/tensor";
import { defaultSettings, epochBatches, prepareTask } from "@petl/trainer";

/** Batches of token ids of one epoch's first `count * batch` examples. `data` holds GLUE, `tokenizer` a SentencePiece model. */
export async function realBatches(taskName, { data, tokenizer, batch, count }) {
  const task = findTask(taskName);
  const { reader } = await openGlue({ data, tasks: [task] });
  const loaded = await loadTask(await reader(task), { limit: batch * count, evalLimit: 1 });
  const { train } = prepareTask(loaded, {
    ...{ kind: "encoder-decoder", scoring: "trie", format: "t5", tokenizer: loadTokenizer(tokenizer) },
    ...defaultSettings,
  });
  const ordered = (bucketing) =>
    epochBatches(train, batch, bucketing, seededRandom(5)).map((indices) => indices.map((index) => train[index]));
  const [bucketed, shuffled] = [ordered(true), ordered(false)];
  return {
    bucketed: { batches: bucketed, ...lengths(bucketed) },
    shuffled: { batches: shuffled, ...lengths(shuffled) },
  };
}

/** Real tokens of sources and targets, and what padding to the longest of each batch makes of them. */
function lengths(batches) {
  const longest = (examples, of) => examples.length * Math.max(...examples.map((example) => example[of].length));
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  return {
    tokens: sum(batches.flat().map(({ source, target }) => source.length + target.length)),
    paddedTokens: sum(batches.map((examples) => longest(examples, "source") + longest(examples, "target"))),
  };
}
