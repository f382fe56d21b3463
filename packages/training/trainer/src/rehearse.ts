import type { Inputs, Recordings } from "@petl/backbone";
import { seededRandom, type Tensor, tf } from "@petl/tensor";
import { disposeBatch, makeBatch, microBatches, trainingRow } from "./batches.js";
import type { TokenizedExample } from "./encode/example.js";
import { lossScalerOf } from "./loss-scale.js";
import type { TrainSettings } from "./settings.js";
import { UpdateGradients } from "./step.js";
import type { Trainee } from "./trainee.js";
import type { TunedModel } from "./tuned-model.js";

/** What a rehearsal needs of a run's settings; its batches hold no padding, so the lengths are those of every example. */
export type RehearsedSettings = Omit<TrainSettings, "seed">;

/** Recordings in place of those that the activation cache would hand to a batch of so many examples. */
export type RecordingsOf = (examples: number) => Recordings;

/**
 * Makes one update as training does, on batches without padding: the same calls on every device, no value read back. With
 * `recordingsOf` it reads those instead of running the backbone. `step`: the update whose trained tensors it has.
 */
export function rehearseUpdate(
  trainee: Trainee,
  settings: RehearsedSettings,
  recordingsOf: RecordingsOf | null = null,
  step = 1,
): void {
  const { model } = trainee;
  const examples = fullExamples(model, settings);
  const parts = microBatches(examples, settings.accumulate);
  const unread = Array.from({ length: (settings.logEvery - 1) * parts.length }, () => tf.scalar(0)); // losses of earlier updates
  const update = new UpdateGradients(trainee, step, lossScalerOf(settings)?.scale);
  for (const part of parts) {
    const batch = makeBatch(part, model.backbone);
    const recordings = recordingsOf?.(part.length) ?? null;
    update.add({ batch, random: seededRandom(0), recordings, share: part.length / examples.length });
    disposeBatch(batch);
  }
  update.apply({ learningRate: settings.learningRate, clipNorm: settings.clipNorm });
  tf.dispose([...update.losses, ...unread]);
}

/** One evaluation batch: the sources, then the longest answer and the readout, as for a label's last token. */
export function rehearseEvaluation({ model }: Pick<Trainee, "model">, settings: RehearsedSettings): void {
  const examples = fullExamples(model, settings);
  const batch = makeBatch(examples, model.backbone);
  const best = readAnswers(
    model,
    batch.inputs,
    examples.map(trainingRow).map(({ answer }) => answer),
  );
  tf.dispose(best);
  disposeBatch(batch);
}

/** As many examples as a batch has, of the greatest lengths. */
function fullExamples(
  { backbone }: TunedModel,
  { batchSize, maxLength, maxTargetLength }: RehearsedSettings,
): TokenizedExample[] {
  const { eosId, padId, headTask } = backbone;
  const source = new Array<number>(maxLength).fill(padId); // every model has it among its ids
  const target = new Array<number>(headTask === null ? maxTargetLength : 0).fill(eosId);
  const example = { source, target, value: 0 };
  return new Array(batchSize).fill(headTask === null ? { ...example, value: undefined } : example);
}

/** The likeliest outputs at each position: int32 (rows, positions). */
function readAnswers(model: TunedModel, inputs: Inputs, answers: readonly (readonly number[])[]): Tensor {
  const pass = model.pass(false, seededRandom(0));
  const prefilled = model.prefills ? model.backbone.prefill(inputs, pass) : null;
  const best: Tensor = tf.tidy(() => {
    const state = prefilled === null ? model.backbone.forward(inputs, pass) : prefilled.after(answers, pass);
    return tf.argMax(model.readout(state, pass), -1);
  });
  prefilled?.dispose();
  pass.dispose();
  return best;
}
