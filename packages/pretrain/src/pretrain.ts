import { join } from "node:path";
import type { T5 } from "@petl/backbone";
import type { Tokenizer } from "@petl/checkpoint";
import { adamW, clipScale, schedule } from "@petl/optim";
import { appendJsonLine } from "@petl/results";
import { type Random, seededRandom, type Tensor, tf, tidy, valueAndGradients } from "@petl/tensor";
import { type Corpus, pieces, unigramEntropy } from "./corpus.js";
import { disposePretrainBatch, makePretrainBatch, type PretrainBatch, spanLoss } from "./objective.js";
import { corruptSpans, type SpanSettings } from "./span-corruption.js";
import { restoreState, saveState } from "./state.js";

export interface PretrainSettings extends SpanSettings {
  readonly seed: number;
  readonly steps: number;
  readonly batchSize: number;
  /** Tokens of a piece of text before corruption. */
  readonly length: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Weight of the encoder's own loss; see `spanLoss`. */
  readonly encoderWeight: number;
  /** Updates between a look at the held-out text and a saved state. */
  readonly saveEvery: number;
}

/** One line of `curve.jsonl`. */
export interface PretrainPoint {
  readonly step: number;
  /** Nats a target token: mean over the updates since the last line, and of the held-out text. */
  readonly loss: number;
  readonly heldOutLoss: number;
  /** Entropy of the held-out targets' own frequencies: a model that knows no more than those cannot get below. */
  readonly unigramLoss: number;
  readonly tokens: number;
  readonly tokensPerS: number;
}

/** Batches of held-out text the loss is taken over. */
const heldOutBatches = 4;

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
  const optimizer = adamW();
  const state = optimizer.init(model.params);
  const rate = schedule("inverse-sqrt", settings.warmupSteps, settings.steps);
  const first = restoreState(directory, model.params, state) + 1;
  let [sum, updates, tokens, startedAt] = [0, 0, 0, performance.now()];
  for (let step = first; step <= settings.steps; step++) {
    signal?.throwIfAborted();
    const batch = trainingBatch(tokenizer, corpus, settings, random.fork(step));
    const { value, gradients } = valueAndGradients(
      () => spanLoss(model, batch, settings.encoderWeight, random.fork(step)),
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
      ...(await heldOut(model, tokenizer, corpus, settings)),
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

function trainingBatch(
  tokenizer: Tokenizer,
  corpus: Corpus,
  settings: PretrainSettings,
  random: Random,
): PretrainBatch {
  const { training } = pieces(corpus, settings.length);
  const chosen = random.fork("pieces").integers(settings.batchSize, training);
  return batchOf(tokenizer, corpus, settings, chosen, random);
}

function batchOf(
  tokenizer: Tokenizer,
  { tokens }: Corpus,
  settings: PretrainSettings,
  chosen: readonly number[],
  random: Random,
): PretrainBatch {
  const { length } = settings;
  const texts = chosen.map((piece, row) =>
    corruptSpans(
      tokens.subarray(piece * length, (piece + 1) * length),
      settings,
      tokenizer.sentinelIds,
      tokenizer.eosId,
      random.fork(row),
    ),
  );
  return makePretrainBatch(texts, tokenizer.padId, tokenizer.padId);
}

/** The same held-out batches each time; only T5's own loss. */
async function heldOut(model: T5, tokenizer: Tokenizer, corpus: Corpus, settings: PretrainSettings) {
  const { training, heldOut: count } = pieces(corpus, settings.length);
  const random = seededRandom(0).fork("held-out");
  const targets: number[] = [];
  let sum = 0;
  for (let index = 0; index < heldOutBatches; index++) {
    const chosen = Array.from(
      { length: settings.batchSize },
      (_, row) => training + ((index * settings.batchSize + row) % count),
    );
    const batch = batchOf(tokenizer, corpus, settings, chosen, random.fork(index));
    const loss = tidy(() => spanLoss(model, batch, 0, random));
    sum += (await loss.data())[0]!;
    loss.dispose();
    targets.push(...[...(await batch.texts.labels.data())].filter((id) => id >= 0));
    disposePretrainBatch(batch);
  }
  return { heldOutLoss: sum / heldOutBatches, unigramLoss: unigramEntropy(targets) };
}
