import type { Recordings } from "@petl/backbone";
import type { Optimizer, Tensors } from "@petl/optim";
import { seededRandom, type Tensor, tf, tidy } from "@petl/tensor";
import { type Batch, disposeBatch, makeBatch } from "./batches.js";
import type { TrainSettings } from "./settings.js";
import { trainStep } from "./step.js";
import type { TunedModel } from "./tuned-model.js";

/** What a rehearsal needs of a run's settings; its batches hold no padding, so the lengths are those of every example. */
export type RehearsedSettings = Omit<TrainSettings, "seed">;

/** What a step trains. */
export interface Trainee {
  readonly model: TunedModel;
  readonly optimizer: Optimizer;
  readonly state: Tensors;
}

/** Recordings in place of those that the activation cache would hand to a batch of so many examples. */
export type RecordingsOf = (examples: number) => Recordings;

/**
 * Makes one update as training does, on batches without padding: the same calls on every device, no value read back. With
 * `recordingsOf` it reads those instead of running the backbone.
 */
export function rehearseUpdate(
  { model, optimizer, state }: Trainee,
  settings: RehearsedSettings,
  recordingsOf: RecordingsOf | null = null,
): void {
  const batch = fullBatch(model, settings);
  const recordings = recordingsOf?.(settings.batchSize) ?? null;
  const stepSettings = { step: 1, learningRate: settings.learningRate, clipNorm: settings.clipNorm };
  const { loss } = trainStep(model, optimizer, state, batch, stepSettings, seededRandom(0), recordings);
  loss.dispose();
  disposeBatch(batch);
}

/** One evaluation batch: the encoder, then the decoder over the whole target and the readout, as for a label's last token. */
export function rehearseEvaluation({ model }: Pick<Trainee, "model">, settings: RehearsedSettings): void {
  const batch = fullBatch(model, settings);
  const pass = model.pass(false, seededRandom(0));
  const encoded = tidy(() => model.backbone.encode(batch.sources, batch.mask, pass));
  const best: Tensor = tf.tidy(() => {
    const state = model.backbone.decode(batch.decoderInputs, encoded, pass);
    return tf.argMax(model.readout(state, pass), -1);
  });
  tf.dispose([best, encoded.hidden, encoded.mask]);
  pass.dispose();
  disposeBatch(batch);
}

function fullBatch({ backbone }: TunedModel, { batchSize, maxLength, maxTargetLength }: RehearsedSettings): Batch {
  const { padId, decoderStartId, eosId } = backbone.config;
  const example = {
    source: new Array<number>(maxLength).fill(eosId),
    target: new Array<number>(maxTargetLength).fill(eosId),
  };
  return makeBatch(new Array(batchSize).fill(example), padId, decoderStartId);
}
