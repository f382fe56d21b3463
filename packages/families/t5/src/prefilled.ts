import { type Pass, type Prefilled, TokenCache } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import type { Decoder, LayerCache } from "./layer-cache.js";
import { decoderInputs } from "./pad.js";

/** Source texts that the encoder has read: the decoder runs on them for each answer. */
export function prefilledT5(model: Decoder, encoded: Activation, watchesDecoder: boolean): Prefilled {
  const { config } = model;
  let caches: readonly LayerCache[] | null = null;
  const decode = (ids: Tensor, pass: Pass): Activation => model.decode(ids, encoded, pass, caches ?? undefined);
  return {
    after(answers, pass) {
      const { ids, tokens } = decoderInputs(answers, config);
      return decode(tf.tensor(ids, [answers.length, tokens], "int32"), pass);
    },
    ...(!watchesDecoder && {
      next(ids: readonly number[] | null, pass: Pass) {
        const rows = encoded.hidden.shape[0]!;
        caches ??= emptyCaches(config.decoderLayers);
        const inputs = ids ?? new Array<number>(rows).fill(config.decoderStartId);
        return decode(tf.tensor([...inputs], [rows, 1], "int32"), pass);
      },
    }),
    dispose() {
      for (const { self, cross } of caches ?? []) {
        self.dispose();
        cross.dispose();
      }
      tf.dispose([encoded.hidden, encoded.mask]);
    },
  };
}

const emptyCaches = (layers: number): LayerCache[] =>
  Array.from({ length: layers }, () => ({ self: new TokenCache(), cross: new TokenCache() }));
