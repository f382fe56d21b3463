import type { Recordings } from "@petl/backbone";
import type { Optimizer, Tensors } from "@petl/optim";
import { seededRandom, type Tensor, tf, tidy } from "@petl/tensor";
import { type Batch, disposeBatch, makeBatch, type TunedModel, trainStep } from "@petl/trainer";

/** Sizes of a batch in which no example is padded. */
export interface BatchSizes {
  readonly batchSize: number;
  /** Tokens of a source text. */
  readonly maxLength: number;
  /** Tokens of a target text. */
  readonly targetLength: number;
}

/** What a step trains. */
export interface Trainee {
  readonly model: TunedModel;
  readonly optimizer: Optimizer;
  readonly state: Tensors;
}

function fullBatch({ model }: Pick<Trainee, "model">, { batchSize, maxLength, targetLength }: BatchSizes): Batch {
  const { padId, decoderStartId, eosId } = model.backbone.config;
  const example = {
    source: new Array<number>(maxLength).fill(eosId),
    target: new Array<number>(targetLength).fill(eosId),
  };
  return makeBatch(new Array(batchSize).fill(example), padId, decoderStartId);
}

/** One training step of the trainer on a batch of these sizes; the same call on every device, no value read back. With `recordings` it reads them in place of the backbone. */
export function rehearseStep(trainee: Trainee, sizes: BatchSizes, recordings: Recordings | null = null): void {
  const batch = fullBatch(trainee, sizes);
  const settings = { step: 1, learningRate: 1e-3, clipNorm: 1 };
  const { loss } = trainStep(
    trainee.model,
    trainee.optimizer,
    trainee.state,
    batch,
    settings,
    seededRandom(0),
    recordings,
  );
  loss.dispose();
  disposeBatch(batch);
}

/** One evaluation batch: the encoder, then the decoder over the whole target and the readout, as for a label's last token. */
export function rehearseEvaluation({ model }: Pick<Trainee, "model">, sizes: BatchSizes): void {
  const batch = fullBatch({ model }, sizes);
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
