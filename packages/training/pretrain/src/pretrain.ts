import { join } from "node:path";
import type { Tokenizer } from "@petl/checkpoint";
import type { T5 } from "@petl/family-t5";
import { appendJsonLine } from "@petl/files";
import { adamW, clipScale, type ScheduleName, schedule } from "@petl/optim";
import { ignoredLabel, type Random, seededRandom, type Tensor, tf, tidy, valueAndGradients } from "@petl/tensor";
import { type Corpus, frequencies, pieces } from "./corpus.js";
import {
  disposePretrainBatch,
  type LossWeights,
  makePretrainBatch,
  type PretrainBatch,
  spanLoss,
  spanLosses,
} from "./objective.js";
import { corruptSpans, type SpanSettings } from "./span-corruption.js";
import { restoreState, saveState } from "./state.js";

export interface PretrainSettings extends SpanSettings, LossWeights {
  readonly seed: number;
  readonly steps: number;
  readonly batchSize: number;
  /** Tokens of a piece of text before corruption. */
  readonly length: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly schedule: ScheduleName;
  /** Of AdamW. */
  readonly beta2: number;
  /** Updates between a look at the held-out text and a saved state. */
  readonly saveEvery: number;
}

/** One line of `curve.jsonl`. */
export interface PretrainPoint {
  readonly step: number;
  /** Nats a target token: mean over the updates since the last line, and of the held-out text. */
  readonly loss: number;
  readonly heldOutLoss: number;
  /** The same over text tokens alone, without sentinels and ends. */
  readonly wordLoss: number;
  /** Of the first token of each held-out span, by the encoder alone. */
  readonly encoderLoss: number;
  /** Of masked tokens anywhere in a held-out text, by the decoder's first position. */
  readonly summaryLoss: number;
  /** What token frequencies of the training text alone would give where `wordLoss` is: a model must beat it. */
  readonly unigramLoss: number;
  readonly tokens: number;
  readonly tokensPerS: number;
}

/** What batches are made of. */
interface Source {
  /** Whose inputs they are. */
  readonly model: T5;
  readonly tokenizer: Tokenizer;
  readonly corpus: Corpus;
  /** Share of each token in the training text. */
  readonly unigram: Float64Array;
  /** Labels that are no token of the text. */
  readonly special: ReadonlySet<number>;
}

/** Batches of held-out text the loss is taken over. */
const heldOutBatches = 8;
/** Masked tokens of a text that its summary is asked for. */
const summaryTokens = 8;

/**
 * Trains every tensor of a model by span corruption, from the newest state saved in `directory` if there is one: the weights
 * after step n are bitwise the same with and without interruption. @throws an aborted signal's reason, between two updates
 */
export async function pretrain(
  model: T5,
  tokenizer: Tokenizer,
  corpus: Corpus,
  settings: PretrainSettings,
  directory: string,
  onPoint: (point: PretrainPoint) => void = () => {},
  signal?: AbortSignal,
): Promise<void> {
  const random = seededRandom(settings.seed).fork("pretrain");
  const optimizer = adamW({ beta2: settings.beta2 });
  const state = optimizer.init(model.params);
  const rate = schedule(settings.schedule, settings.warmupSteps, settings.steps);
  const unigram = frequencies(corpus, tokenizer.vocabularySize);
  const special = new Set([...tokenizer.sentinelIds, tokenizer.eosId, ignoredLabel]);
  const source = { model, tokenizer, corpus, unigram, special };
  const first = restoreState(directory, model.params, state) + 1;
  let [sum, updates, tokens, startedAt] = [0, 0, 0, performance.now()];
  for (let step = first; step <= settings.steps; step++) {
    signal?.throwIfAborted();
    const batch = trainingBatch(source, settings, random.fork(step));
    const { value, gradients } = valueAndGradients(
      () => spanLoss(model, batch, settings, random.fork(step)),
      model.params,
    );
    const scale = clipScale(gradients, 1);
    const learningRate = settings.learningRate * rate(step + 1); // no update with a rate of 0
    optimizer.update(state, { params: model.params, gradients, step, learningRate, scale });
    sum += (await value.data())[0]!;
    updates += 1;
    tokens += batch.texts.tokens;
    tf.dispose([value, scale, gradients as Record<string, Tensor>]);
    disposePretrainBatch(batch);
    if (step % settings.saveEvery !== 0 && step !== settings.steps) continue;
    const seconds = (performance.now() - startedAt) / 1000;
    const point = {
      step,
      loss: sum / updates,
      ...(await heldOut(source, settings)),
      tokens,
      tokensPerS: tokens / seconds,
    };
    appendJsonLine(join(directory, "curve.jsonl"), point);
    onPoint(point);
    await saveState(directory, step, model.params, state);
    [sum, updates, tokens, startedAt] = [0, 0, 0, performance.now()];
  }
  tf.dispose(Object.values(state));
}

function trainingBatch(source: Source, settings: PretrainSettings, random: Random): PretrainBatch {
  const { training } = pieces(source.corpus, settings.length);
  const chosen = random.fork("pieces").integers(settings.batchSize, training);
  return batchOf(source, settings, chosen, random);
}

function batchOf(
  { model, tokenizer, corpus: { tokens }, unigram, special }: Source,
  settings: PretrainSettings,
  chosen: readonly number[],
  random: Random,
): PretrainBatch {
  const { length } = settings;
  const texts = chosen.map((piece, row) => {
    const corrupted = corruptSpans(
      tokens.subarray(piece * length, (piece + 1) * length),
      settings,
      tokenizer.sentinelIds,
      tokenizer.eosId,
      random.fork(row),
    );
    const masked = corrupted.target.filter((token) => !special.has(token));
    return { ...corrupted, summary: telling(masked, unigram, random.fork(row).fork("summary")) };
  });
  return makePretrainBatch(texts, model);
}

/**
 * At most `summaryTokens` of some tokens, frequent ones left out more often: each stays with probability
 * `sqrt(1e-3 / frequency)`, as word2vec thins its text. Mikolov et al. 2013, section 2.3, https://arxiv.org/abs/1310.4546
 */
function telling(tokens: readonly number[], unigram: Float64Array, random: Random): number[] {
  const draws = random.integers(tokens.length, 2 ** 24);
  return tokens.filter((token, at) => draws[at]! / 2 ** 24 < Math.sqrt(1e-3 / unigram[token]!)).slice(0, summaryTokens);
}

/** Mean losses over the same held-out batches each time, in nats. */
async function heldOut(
  source: Source,
  settings: PretrainSettings,
): Promise<Omit<PretrainPoint, "step" | "loss" | "tokens" | "tokensPerS">> {
  const { model, unigram, special } = source;
  const { training, heldOut: count } = pieces(source.corpus, settings.length);
  const random = seededRandom(0).fork("held-out");
  const [all, words, heads, summary, frequencies] = [new Mean(), new Mean(), new Mean(), new Mean(), new Mean()];
  for (let index = 0; index < heldOutBatches; index++) {
    const chosen = Array.from(
      { length: settings.batchSize },
      (_, row) => training + ((index * settings.batchSize + row) % count),
    );
    const batch = batchOf(source, settings, chosen, random.fork(index));
    const losses = tidy(() => spanLosses(model, batch));
    const [targets, labels] = [await losses.targets.data(), await batch.texts.labels.data()];
    for (const [at, label] of labels.entries()) {
      if (label !== ignoredLabel) all.add(targets[at]!);
      if (special.has(label)) continue;
      words.add(targets[at]!);
      frequencies.add(-Math.log(unigram[label]!));
    }
    for (const loss of await losses.heads.data()) heads.add(loss);
    for (const loss of await losses.summary.data()) summary.add(loss);
    tf.dispose(losses as Record<string, Tensor>);
    disposePretrainBatch(batch);
  }
  return {
    heldOutLoss: all.value,
    wordLoss: words.value,
    encoderLoss: heads.value,
    summaryLoss: summary.value,
    unigramLoss: frequencies.value,
  };
}

class Mean {
  private sum = 0;
  private count = 0;
  add(value: number): void {
    this.sum += value;
    this.count += 1;
  }
  get value(): number {
    return this.sum / this.count;
  }
}
