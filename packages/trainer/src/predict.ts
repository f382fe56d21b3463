import { greedyDecode, type Pass } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { type Random, seededRandom, type Tensor, tf, tidy } from "@petl/tensor";
import { type Batch, disposeBatch, evaluationBatches, makeBatch } from "./batches.js";
import { followUnbranched, labelTrie, type TrieNode } from "./label-trie.js";
import type { TaskData, TokenizedExample } from "./task-data.js";
import type { TunedModel } from "./tuned-model.js";

export interface PredictSettings {
  readonly evalBatchSize: number;
  readonly maxTargetLength: number;
  readonly decode: "trie" | "free";
}

/** Predicted answer texts, in the order of the examples. A prediction does not depend on its batch. */
export async function predict(
  model: TunedModel,
  task: Pick<TaskData, "labels" | "decode">,
  examples: readonly TokenizedExample[],
  settings: PredictSettings,
  onProgress: (done: number) => void = () => {},
): Promise<string[]> {
  const texts = new Array<string>(examples.length);
  const trie = labelTrie(task.labels);
  const { padId, decoderStartId, eosId } = model.backbone.config;
  let done = 0;
  for (const indices of evaluationBatches(examples, settings.evalBatchSize)) {
    const batch = makeBatch(
      indices.map((index) => examples[index]!),
      padId,
      decoderStartId,
    );
    const pass = model.pass(false, unusedRandom);
    const encoded = tidy(() => model.backbone.encode(batch.sources, batch.mask, pass));
    try {
      if (settings.decode === "trie") {
        const labels = await walkTrie(model, encoded, pass, trie, batch);
        for (const [row, index] of indices.entries()) texts[index] = task.labels[labels[row]!]!.text;
      } else {
        const readout = (state: Activation): Tensor => model.readout(state, pass);
        const rows = await greedyDecode(
          model.backbone,
          encoded,
          pass,
          settings.maxTargetLength,
          !model.watchesDecoder,
          readout,
        );
        for (const [row, index] of indices.entries())
          texts[index] = task.decode(rows[row]!.filter((id) => id !== eosId && id !== padId));
      }
    } finally {
      tf.dispose([encoded.hidden, encoded.mask]);
      pass.dispose();
      disposeBatch(batch);
    }
    done += indices.length;
    onProgress(done);
  }
  return texts;
}

/** Evaluation draws nothing. */
const unusedRandom: Random = seededRandom(0);

interface Walk {
  node: TrieNode;
  readonly ids: number[];
}

/**
 * Walks each row down the tree of answers: where the way branches, the decoder reads the whole prefix (so that hooks and side
 * networks see sequences from position 0) and the likeliest branch is taken. Returns the label index of each row.
 */
async function walkTrie(
  model: TunedModel,
  encoded: Activation,
  pass: Pass,
  trie: TrieNode,
  batch: Batch,
): Promise<number[]> {
  const rows = batch.sources.shape[0]!;
  const walks: Walk[] = Array.from({ length: rows }, () =>
    advance({ node: trie, ids: [model.backbone.config.decoderStartId] }),
  );
  while (walks.some(({ node }) => node.label === null)) {
    const branches = [...new Set(walks.flatMap(({ node }) => [...node.children.keys()]))].sort((a, b) => a - b);
    const scores = tf.tidy(() => branchLogits(model, encoded, pass, walks, branches));
    const values = await scores.data(); // (rows, branches)
    scores.dispose();
    for (const [row, walk] of walks.entries()) {
      if (walk.node.label !== null) continue;
      const value = (id: number): number => values[row * branches.length + branches.indexOf(id)]!;
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

/** Logits of the candidate tokens after each row's own prefix: (rows, branches). */
function branchLogits(
  model: TunedModel,
  encoded: Activation,
  pass: Pass,
  walks: readonly Walk[],
  branches: readonly number[],
): Tensor {
  const { padId } = model.backbone.config;
  const prefixes = walks.map(({ node, ids }) => (node.label === null ? ids : ids.slice(0, 1))); // what is decided is only carried along
  const tokens = Math.max(...prefixes.map((ids) => ids.length));
  const padded = prefixes.map((ids) => [...ids, ...new Array<number>(tokens - ids.length).fill(padId)]);
  const state = model.backbone.decode(tf.tensor2d(padded, undefined, "int32"), encoded, pass);
  const logits = model.readout(state, pass); // (rows, tokens, vocabulary)
  const flat = tf.reshape(logits, [-1, logits.shape[2]!]);
  const last = prefixes.map((ids, row) => row * tokens + ids.length - 1);
  return tf.gather(tf.gather(flat, tf.tensor1d(last, "int32")), tf.tensor1d([...branches], "int32"), 1);
}
