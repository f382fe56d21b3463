import type { Recordings } from "@petl/backbone";
import type { Optimizer, Tensors } from "@petl/optim";
import { seededRandom, type Tensor, tf, tidy } from "@petl/tensor";
import { type Batch, disposeBatch, makeBatch, microBatches } from "./batches.js";
import type { TrainSettings } from "./settings.js";
import { UpdateGradients } from "./step.js";
import type { TokenizedExample } from "./task-data.js";
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
  const examples = fullExamples(model, settings);
  const parts = microBatches(examples, settings.accumulate);
  const unread = Array.from({ length: (settings.logEvery - 1) * parts.length }, () => tf.scalar(0)); // losses of earlier updates
  const update = new UpdateGradients(model);
  for (const part of parts) {
    const batch = batchOf(model, part);
    const recordings = recordingsOf?.(part.length) ?? null;
    update.add({ batch, random: seededRandom(0), recordings, share: part.length / examples.length });
    disposeBatch(batch);
  }
  update.apply(optimizer, state, { step: 1, learningRate: settings.learningRate, clipNorm: settings.clipNorm });
  tf.dispose([...update.losses, ...unread]);
}

/** One evaluation batch: the encoder, then the decoder over the whole target and the readout, as for a label's last token. */
export function rehearseEvaluation({ model }: Pick<Trainee, "model">, settings: RehearsedSettings): void {
  const batch = batchOf(model, fullExamples(model, settings));
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

/** As many examples as a batch has, of the greatest lengths. */
function fullExamples(
  { backbone }: TunedModel,
  { batchSize, maxLength, maxTargetLength }: RehearsedSettings,
): TokenizedExample[] {
  const { eosId } = backbone.config;
  const example = {
    source: new Array<number>(maxLength).fill(eosId),
    target: new Array<number>(maxTargetLength).fill(eosId),
  };
  return new Array(batchSize).fill(example);
}

function batchOf({ backbone }: TunedModel, examples: readonly TokenizedExample[]): Batch {
  return makeBatch(examples, backbone.config.padId, backbone.config.decoderStartId);
}
