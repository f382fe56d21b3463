import { type Tensor, tf } from "@petl/tensor";
import type { TunedModel } from "../tuned-model.js";
import { readsOf, whyNotKept } from "./applies.js";
import { extentsOf, type Layout, type Lengths, layoutOf, valuesIn } from "./layout.js";
import { maskOf } from "./pack.js";
import type { Recordings } from "./recordings.js";

const layoutOfModel = (model: TunedModel): Layout => layoutOf(model.backbone, readsOf(model));

/** Bytes the cache of a model keeps for one example of these lengths, or why it keeps nothing. */
export function cacheNeeds(
  model: TunedModel,
  lengths: Lengths,
):
  | { readonly bytesPerExample: number; readonly reason: null }
  | { readonly bytesPerExample: 0; readonly reason: string } {
  const reason = whyNotKept(model, "on", true);
  if (reason !== null) return { bytesPerExample: 0, reason };
  const { source, target } = layoutOfModel(model);
  const values = valuesIn(source, lengths) + valuesIn(target, lengths);
  return { bytesPerExample: values * Float32Array.BYTES_PER_ELEMENT, reason };
}

/** Recorded outputs of a batch of examples of these lengths: their shapes, no values. For devices of shapes. */
export function plannedRecordings(model: TunedModel, batchSize: number, lengths: Lengths): Recordings {
  const { source, target } = layoutOfModel(model);
  const recordings = new Map<string, { hidden: Tensor; mask: Tensor }>();
  for (const slot of [...source, ...target])
    recordings.set(slot.site, {
      hidden: tf.zeros([batchSize, ...extentsOf(slot, lengths)]),
      mask: tf.ones([batchSize, lengths[maskOf(slot)]]),
    });
  return recordings;
}
