import type { T5Config } from "@petl/family-t5";

/** A T5 v1.1 of the given size, with few buckets. */
export const smallT5 = (
  size: Pick<
    T5Config,
    "vocabularySize" | "modelWidth" | "headWidth" | "heads" | "feedForwardWidth" | "encoderLayers" | "decoderLayers"
  >,
): T5Config => ({
  ...size,
  relativeBuckets: 8,
  relativeMaxDistance: 20,
  activation: "gated-gelu",
  tiedHead: false,
  normEpsilon: 1e-6,
  padId: 0,
  eosId: 1,
  decoderStartId: 0,
});
