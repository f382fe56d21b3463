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

/**
 * One update: loss, gradients, clipping, optimizer. Returns the loss, a scalar that the caller disposes, without reading it, and
 * the names of the operations that were differentiated. With `recordings`, which it disposes, the backbone does not run.
 */
export function trainStep(
  model: TunedModel,
  optimizer: Optimizer,
  state: Tensors,
  batch: Batch,
  { step, learningRate, clipNorm }: StepSettings,
  random: Random,
  recordings: Recordings | null = null,
): { readonly loss: Tensor; readonly recorded: readonly string[] } {
  const { value, gradients, recorded } = valueAndGradients(() => model.loss(batch, random, recordings), model.trained);
  const update = (): void => {
    const scale = clipNorm === null ? null : clipScale(gradients, clipNorm);
    optimizer.update(state, {
      params: model.trained,
      gradients,
      step,
      learningRate,
      scale,
      settings: (name) => model.attachment.optimizer?.(name) ?? {},
    });
    tf.dispose([gradients as Record<string, Tensor>, ...(scale === null ? [] : [scale])]);
  };
  withByteCategory("gradients", () => atPlace({ phase: "update" }, update));
  return { loss: value, recorded };
}
