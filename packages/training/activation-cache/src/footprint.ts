import { lengthsOf, type Recordings, type Row } from "@petl/backbone";
import { type Tensor, tf } from "@petl/tensor";
import { type ReadModel, readsOf, whyNotKept } from "./applies.js";
import { extentsOf, type Layout, layoutOf, valuesIn } from "./layout.js";
import { maskOf } from "./pack.js";

const layoutOfModel = (model: ReadModel): Layout => layoutOf(model.backbone, readsOf(model));

/** The bytes that the cache of a model keeps for one example as long as `row`, or the reason why it keeps nothing. */
export function cacheFootprint(
  model: ReadModel,
  row: Row,
):
  | { readonly bytesPerExample: number; readonly reason: null }
  | { readonly bytesPerExample: 0; readonly reason: string } {
  const reason = whyNotKept(model, "on", true);
  if (reason !== null) return { bytesPerExample: 0, reason };
  const { source, target } = layoutOfModel(model);
  const lengths = lengthsOf(row);
  const values = valuesIn(source, lengths) + valuesIn(target, lengths);
  return { bytesPerExample: values * Float32Array.BYTES_PER_ELEMENT, reason };
}

/** Recordings of a batch of examples as long as `row` with the right shapes and no meaning, for a device that only counts. */
export function placeholderRecordings(model: ReadModel, batchSize: number, row: Row): Recordings {
  const lengths = lengthsOf(row);
  const { source, target } = layoutOfModel(model);
  const recordings = new Map<string, { hidden: Tensor; mask: Tensor }>();
  for (const slot of [...source, ...target])
    recordings.set(slot.site, {
      hidden: tf.zeros([batchSize, ...extentsOf(slot, lengths)]),
      mask: tf.ones([batchSize, lengths[maskOf(slot)]]),
    });
  return recordings;
}
