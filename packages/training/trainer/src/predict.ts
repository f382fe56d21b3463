import type { ActivationCache } from "@petl/activation-cache";
import { greedyDecode, type Pass } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { type Random, seededRandom, type Tensor, tf, tidy } from "@petl/tensor";
import { disposeBatch, evaluationBatches, makeBatch } from "./batches.js";
import { cachedScores } from "./cached-scores.js";
import { followUnbranched, labelTrie, type TrieNode } from "./label-trie.js";
import type { TaskData, TokenizedExample } from "./task-data.js";
import { type BranchScores, candidateLogits, defaultOrigin, isDecided, type Origin, walkTrie } from "./trie-walk.js";
import type { TunedModel } from "./tuned-model.js";

export interface PredictSettings {
  readonly evalBatchSize: number;
  readonly maxTargetLength: number;
  readonly decode: "trie" | "free";
}

export interface Predictions {
  /** Answer texts, in the order of the examples. */
  readonly texts: readonly string[];
  /** Examples that went forward through the backbone's encoder. */
  readonly forwards: number;
}

export interface PredictOptions {
  readonly cache?: ActivationCache | null;
  /** Called with the number of examples that are done. */
  readonly onProgress?: (done: number) => void;
  /** What the error says if logits are not finite. */
  readonly origin?: Origin;
}

/**
 * Predicts an answer for each example, which does not depend on its batch. With a `cache`, walking the trie reads recordings of a
 * frozen backbone from it; free decoding always runs the backbone. @throws NotFiniteError for logits that are not finite
 */
export async function predict(
  model: TunedModel,
  task: Pick<TaskData, "labels" | "decode">,
  examples: readonly TokenizedExample[],
  settings: PredictSettings,
  { cache = null, onProgress = () => {}, origin = defaultOrigin }: PredictOptions = {},
): Promise<Predictions> {
  const texts = new Array<string>(examples.length);
  const trie = labelTrie(task.labels);
  const { decoderStartId } = model.backbone.config;
  const sourcesOf = (indices: readonly number[] = []) => indices.map((index) => examples[index]!.source);
  const batches = evaluationBatches(examples, settings.evalBatchSize);
  let [forwards, done] = [0, 0];
  for (const [position, indices] of batches.entries()) {
    let answers: string[];
    if (cache !== null && settings.decode === "trie") {
      const walk = { cache, trie, startId: decoderStartId, next: sourcesOf(batches[position + 1]), origin };
      const { labels, forwards: own } = await walkCached(model, sourcesOf(indices), walk);
      answers = labels.map((label) => task.labels[label]!.text);
      forwards += own;
    } else {
      const rows = indices.map((index) => examples[index]!);
      answers = await answer(model, task, rows, trie, settings, origin);
      forwards += rows.length;
    }
    for (const [row, index] of indices.entries()) texts[index] = answers[row]!;
    done += indices.length;
    onProgress(done);
  }
  return { texts, forwards };
}

/** Answers of one batch, for which the backbone runs. */
async function answer(
  model: TunedModel,
  task: Pick<TaskData, "labels" | "decode">,
  examples: readonly TokenizedExample[],
  trie: TrieNode,
  { decode, maxTargetLength }: PredictSettings,
  origin: Origin,
): Promise<string[]> {
  const { padId, decoderStartId, eosId } = model.backbone.config;
  const batch = makeBatch(examples, padId, decoderStartId);
  const pass = model.pass(false, unusedRandom);
  const encoded = tidy(() => model.backbone.encode(batch.sources, batch.mask, pass));
  try {
    if (decode === "trie") {
      const scores = backboneScores(model, encoded, pass);
      const labels = await walkTrie(trie, examples.length, decoderStartId, scores, origin);
      return labels.map((label) => task.labels[label]!.text);
    }
    const readout = (state: Activation): Tensor => model.readout(state, pass);
    const canCache = !model.watchesDecoder;
    const rows = await greedyDecode(model.backbone, encoded, pass, maxTargetLength, canCache, readout, origin);
    return rows.map((ids) => task.decode(ids.filter((id) => id !== eosId && id !== padId)));
  } finally {
    tf.dispose([encoded.hidden, encoded.mask]);
    pass.dispose();
    disposeBatch(batch);
  }
}

interface CachedWalk {
  readonly cache: ActivationCache;
  readonly trie: TrieNode;
  readonly startId: number;
  /** Source texts of the next batch. */
  readonly next: readonly (readonly number[])[];
  readonly origin: Origin;
}

/** Labels of one batch, with recordings of the backbone from the cache as far as it has them. */
async function walkCached(
  model: TunedModel,
  sources: readonly (readonly number[])[],
  { cache, trie, startId, next, origin }: CachedWalk,
): Promise<{ labels: number[]; forwards: number }> {
  const runner = cache.runner();
  const decoderInput = [startId, ...followUnbranched(trie).ids];
  cache.readAhead(next.map((source) => ({ source, decoderInput })));
  let forwards = 0;
  const count = (rows: number): void => {
    forwards += rows;
  };
  try {
    const scores = cachedScores(model, cache, runner, sources, count);
    return { labels: await walkTrie(trie, sources.length, startId, scores, origin), forwards };
  } finally {
    runner.dispose();
  }
}

/** Evaluation draws nothing. */
const unusedRandom: Random = seededRandom(0);

/** Scores of branches by the backbone's decoder over all rows, decided ones included. */
function backboneScores(model: TunedModel, encoded: Activation, pass: Pass): BranchScores {
  const { padId } = model.backbone.config;
  return async (walks, branches) => {
    const prefixes = walks.map((walk) => (isDecided(walk) ? walk.ids.slice(0, 1) : walk.ids));
    const tokens = Math.max(...prefixes.map((ids) => ids.length));
    const padded = prefixes.map((ids) => [...ids, ...new Array<number>(tokens - ids.length).fill(padId)]);
    const scores = tf.tidy(() => {
      const state = model.backbone.decode(tf.tensor2d(padded, undefined, "int32"), encoded, pass);
      return candidateLogits(model.readout(state, pass), prefixes, branches);
    });
    const values = (await scores.data()) as Float32Array;
    scores.dispose();
    return values;
  };
}
