import type { Recordings } from "@petl/backbone";
import { clipScale, globalNorm, unscaleAndClip } from "@petl/optim";
import type { Params } from "@petl/spec";
import { atPlace, type Random, type Tensor, tf, valueAndGradients, withByteCategory } from "@petl/tensor";
import type { Batch } from "./batches.js";
import type { Trainee } from "./trainee.js";

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
  readonly #trained: Params;
  #gradients: Record<string, Tensor> = {};
  /** Of the gradients as they are, if it was asked for. */
  #norm: Tensor | null = null;

  /** `step`: 1 for the first update. `lossScale` multiplies the gradients until they are applied; null: nothing does. */
  constructor(
    readonly trainee: Trainee,
    readonly step: number,
    readonly lossScale: number | null = null,
  ) {
    this.#trained = trainee.begin(step);
  }

  /** Runs a micro-batch forward and backward. A loss weighted by its terms makes the sum that of one large batch. */
  add({ batch, random, recordings, share }: MicroBatch): void {
    const loss = (): Tensor => this.trainee.model.loss(batch, random, recordings, share);
    const { value, gradients, recorded } = valueAndGradients(loss, this.#trained, this.lossScale ?? 1);
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

  /** Whether every gradient is finite, and the sum of their squares; waits for the device. */
  async areFinite(): Promise<boolean> {
    const [norm] = await this.#ownNorm().data();
    return Number.isFinite(norm);
  }

  /** Takes the loss scale out of the gradients, clips them, updates what is trained and frees them. */
  apply({ learningRate, clipNorm }: Omit<StepSettings, "step">): void {
    const update = (): void => {
      const scale = this.#factor(clipNorm);
      this.trainee.update(this.#gradients, { step: this.step, learningRate, scale });
      if (scale !== null) scale.dispose();
      this.#free();
    };
    withByteCategory("gradients", () => atPlace({ phase: "update" }, update));
  }

  /** Frees the gradients and the losses: the update is not made. */
  skip(): void {
    this.trainee.skip(this.step);
    this.#free();
    tf.dispose(this.losses);
  }

  /** What multiplies every gradient; null: nothing does. */
  #factor(clipNorm: number | null): Tensor | null {
    if (this.lossScale !== null) return unscaleAndClip(this.#ownNorm(), this.lossScale, clipNorm);
    return clipNorm === null ? null : clipScale(this.#gradients, clipNorm);
  }

  #ownNorm(): Tensor {
    this.#norm ??= withByteCategory("gradients", () => atPlace({ phase: "update" }, () => globalNorm(this.#gradients)));
    return this.#norm;
  }

  #free(): void {
    tf.dispose([...Object.values(this.#gradients), ...(this.#norm === null ? [] : [this.#norm])]);
    this.#gradients = {};
    this.#norm = null;
  }
}

/**
 * One update from a single batch: loss, gradients, clipping, optimizer. Returns the loss, a scalar that the caller disposes,
 * without reading it, and the names of the operations that were differentiated. With `recordings`, which it disposes, the
 * backbone does not run.
 */
export function trainStep(
  trainee: Trainee,
  batch: Batch,
  { step, ...settings }: StepSettings,
  random: Random,
  recordings: Recordings | null = null,
): { readonly loss: Tensor; readonly recorded: readonly string[] } {
  const update = new UpdateGradients(trainee, step);
  update.add({ batch, random, recordings, share: 1 });
  update.apply(settings);
  return { loss: update.losses[0]!, recorded: update.recorded };
}
