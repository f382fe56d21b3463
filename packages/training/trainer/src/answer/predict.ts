import type { ActivationCache } from "@petl/activation-cache";
import { greedyDecode, NotFiniteError, type Origin } from "@petl/backbone";
import type { Prediction } from "@petl/task";
import { type Tensor, tf } from "@petl/tensor";
import { isAborted } from "../aborted.js";
import { evaluationBatches, trainingRow } from "../batches.js";
import type { Answering, TokenizedExample } from "../encode/example.js";
import type { TunedModel } from "../tuned-model.js";
import { followUnbranched, labelTrie } from "./label-trie.js";
import { likelihoods } from "./likelihood.js";
import { cachedLogits, computedLogits, type LogitsAfter, prefill } from "./logits-after.js";
import { candidateLogits, defaultOrigin, isDecided, walkTrie } from "./trie-walk.js";

export interface PredictSettings {
  readonly evalBatchSize: number;
  readonly maxTargetLength: number;
}

/** What a model answered to one example. */
export interface Answer {
  /** Class index or score; undefined where it is no valid answer. */
  readonly value: Prediction;
  /** As it was written; null where a head answered. */
  readonly text: string | null;
  /**
   * Of each answer of the task: summed log-probabilities in nats, or the head's outputs. Null where answers are not scored one by one.
   */
  readonly scores: readonly number[] | null;
}

export interface Predictions {
  /** In the order of the examples. */
  readonly answers: readonly Answer[];
  /** Examples that went forward through the backbone. */
  readonly forwards: number;
}

export interface PredictOptions {
  readonly cache?: ActivationCache | null;
  /** Called with the number of examples that are done. */
  readonly onProgress?: (done: number) => void;
  /** What the error says if logits are not finite. */
  readonly origin?: Origin;
  /** Looked at between two batches. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Predicts an answer for each example, which does not depend on its batch. With a `cache`, recordings of a frozen backbone come from it;
 * free decoding always runs the backbone. @throws NotFiniteError for logits that are not finite; an aborted
 * signal's reason
 */
export async function predict(
  model: TunedModel,
  answering: Answering,
  examples: readonly TokenizedExample[],
  settings: PredictSettings,
  { cache = null, onProgress = () => {}, origin = defaultOrigin, signal }: PredictOptions = {},
): Promise<Predictions> {
  const answers = new Array<Answer>(examples.length);
  const answer = answererOf(answering, settings, origin);
  const batches = evaluationBatches(examples, settings.evalBatchSize);
  const kept = answering.scoring === "free" ? null : cache;
  const firstAnswer = firstKnown(answering);
  let [forwards, done] = [0, 0];
  for (const [position, indices] of batches.entries()) {
    const rows = indices.map((index) => examples[index]!);
    const next = (batches[position + 1] ?? []).map((index) => trainingRow(examples[index]!));
    kept?.readAhead(next.map((row) => ({ ...row, answer: firstAnswer })));
    const read = await answer(model, rows, kept);
    for (const [row, index] of indices.entries()) answers[index] = read.answers[row]!;
    forwards += read.forwards;
    done += indices.length;
    onProgress(done);
    if (await isAborted(signal)) throw signal!.reason;
  }
  return { answers, forwards };
}

/** Answers one batch. */
type Answerer = (
  model: TunedModel,
  rows: readonly TokenizedExample[],
  cache: ActivationCache | null,
) => Promise<Predictions>;

function answererOf(answering: Answering, { maxTargetLength }: PredictSettings, origin: Origin): Answerer {
  if (answering.scoring === "head") return withLogits((after, rows) => headAnswers(answering, after, rows, origin));
  const { labels, parse, decode } = answering;
  if (answering.scoring === "free")
    return async (model, rows) => {
      const texts = await writeFreely(model, rows, maxTargetLength, decode, origin);
      return { answers: texts.map((text) => ({ value: parse(text), text, scores: null })), forwards: rows.length };
    };
  const ofLabel = (label: number, scores: readonly number[] | null): Answer => {
    const { text } = labels[label]!;
    return { value: parse(text), text, scores };
  };
  if (answering.scoring === "likelihood")
    return withLogits(async (after, rows) => {
      const ids = labels.map((label) => label.ids);
      const scores = await likelihoods(ids, rows, after, origin);
      return scores.map((ofRow) => ofLabel(largest(ofRow), ofRow));
    });
  const trie = labelTrie(labels);
  return withLogits(async (after, rows) => {
    const walked = await walkTrie(
      trie,
      rows,
      (walks, branches) => {
        const written = walks.map((walk) => (isDecided(walk) ? null : walk.ids));
        return after.read(written, branches.length, (logits, known) => candidateLogits(logits, known, branches));
      },
      origin,
    );
    return walked.map((label) => ofLabel(label, null));
  });
}

/** The answers of one batch from its logits, which the backbone computes or the cache holds. */
function withLogits(answer: (after: LogitsAfter, rows: number) => Promise<Answer[]>): Answerer {
  return async (model, rows, cache) => {
    const after = cache === null ? computedLogits(model, rows) : cachedLogits(model, cache, rows);
    try {
      return { answers: await answer(after, rows.length), forwards: after.forwards };
    } finally {
      after.dispose();
    }
  };
}

async function headAnswers(
  { head: { kind, outputs } }: Extract<Answering, { scoring: "head" }>,
  after: LogitsAfter,
  rows: number,
  { place, remedy }: Origin,
): Promise<Answer[]> {
  const nothing = new Array<readonly number[]>(rows).fill([]);
  const values = await after.read(nothing, outputs, (logits) => tf.reshape(logits, [-1, outputs]));
  return Array.from({ length: rows }, (_, row) => {
    const scores = [...values.subarray(row * outputs, (row + 1) * outputs)];
    const odd = scores.find((score) => !Number.isFinite(score));
    if (odd !== undefined) throw new NotFiniteError(place, "outputs of the head", odd, remedy);
    return { value: kind === "classes" ? largest(scores) : scores[0]!, text: null, scores };
  });
}

async function writeFreely(
  model: TunedModel,
  rows: readonly TokenizedExample[],
  maxTokens: number,
  decode: (ids: readonly number[]) => string,
  origin: Origin,
): Promise<string[]> {
  const { padId, eosId } = model.backbone;
  const { pass, prefilled, dispose } = prefill(model, rows);
  try {
    const readout = (state: Parameters<TunedModel["readout"]>[0]): Tensor => model.readout(state, pass);
    const written = await greedyDecode(model.backbone, prefilled, pass, rows.length, { maxTokens, readout, origin });
    return written.map((ids) => decode(ids.filter((id) => id !== eosId && id !== padId)));
  } finally {
    dispose();
  }
}

/** The known answer that is asked for first. */
function firstKnown(answering: Answering): readonly number[] {
  if (answering.scoring === "trie") return followUnbranched(labelTrie(answering.labels)).ids;
  return answering.scoring === "likelihood" ? answering.labels[0]!.ids.slice(0, -1) : [];
}

/** Index of the largest value, the first of equals. */
const largest = (values: readonly number[]): number =>
  values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
