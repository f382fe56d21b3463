import type { Recordings } from "@petl/backbone";
import { clipScale, type Optimizer, type Tensors } from "@petl/optim";
import { atPlace, type Random, type Tensor, tf, valueAndGradients, withByteCategory } from "@petl/tensor";
import type { Batch } from "./batches.js";
import type { TunedModel } from "./tuned-model.js";

export interface StepSettings {
  readonly step: number;
  readonly learningRate: number;
  readonly clipNorm: number | null;
}

/** Examples of an update that go through the model together. */
export interface MicroBatch {
  readonly batch: Batch;
  readonly random: Random;
  /** Replaces the backbone's forward pass; disposed by the step. */
  readonly recordings: Recordings | null;
  /** Terms of the loss in this micro-batch over those in its update: its weight. */
  readonly share: number;
}

/** What an update is made of, summed over its micro-batches as they come. */
export class UpdateGradients {
  /** One scalar for each micro-batch; they add up to the loss of the update. */
  readonly losses: Tensor[] = [];
  /** Names of the operations that were differentiated. */
  readonly recorded: string[] = [];
  #gradients: Record<string, Tensor> = {};

  constructor(readonly model: TunedModel) {}

  /** Runs a micro-batch forward and backward. A loss weighted by its terms makes the sum that of one large batch. */
  add({ batch, random, recordings, share }: MicroBatch): void {
    const loss = (): Tensor => {
      const mean = this.model.loss(batch, random, recordings);
      return share === 1 ? mean : tf.mul(mean, share);
    };
    const { value, gradients, recorded } = valueAndGradients(loss, this.model.trained);
    this.losses.push(value);
    this.recorded.push(...recorded);
    withByteCategory("gradients", () => {
      for (const [name, gradient] of Object.entries(gradients)) this.#addOne(name, gradient);
    });
  }

  #addOne(name: string, gradient: Tensor): void {
    const before = this.#gradients[name];
    this.#gradients[name] = before === undefined ? gradient : tf.add(before, gradient);
    if (before !== undefined) tf.dispose([before, gradient]);
  }

  /** Clips the gradients, updates what is trained and frees them. */
  apply(optimizer: Optimizer, state: Tensors, { step, learningRate, clipNorm }: StepSettings): void {
    const gradients = this.#gradients;
    this.#gradients = {};
    const update = (): void => {
      const scale = clipNorm === null ? null : clipScale(gradients, clipNorm);
      optimizer.update(state, {
        params: this.model.trained,
        gradients,
        step,
        learningRate,
        scale,
        settings: (name) => this.model.optimizerSettings(name),
      });
      tf.dispose([gradients, ...(scale === null ? [] : [scale])]);
    };
    withByteCategory("gradients", () => atPlace({ phase: "update" }, update));
  }
}

/**
 * One update from a single batch: loss, gradients, clipping, optimizer. Returns the loss, a scalar that the caller disposes,
 * without reading it, and the names of the operations that were differentiated. With `recordings`, which it disposes, the
 * backbone does not run.
 */
export function trainStep(
  model: TunedModel,
  optimizer: Optimizer,
  state: Tensors,
  batch: Batch,
  settings: StepSettings,
  random: Random,
  recordings: Recordings | null = null,
): { readonly loss: Tensor; readonly recorded: readonly string[] } {
  const update = new UpdateGradients(model);
  update.add({ batch, random, recordings, share: 1 });
  update.apply(optimizer, state, settings);
  return { loss: update.losses[0]!, recorded: update.recorded };
}
