import type { Row } from "@petl/backbone";
import { initialise, T5, type T5Config } from "@petl/family-t5";
import { seededRandom } from "@petl/tensor";
import type { ReadModel } from "../src/index.js";

const config: T5Config = {
  vocabularySize: 40,
  modelWidth: 32,
  headWidth: 8,
  heads: 4,
  feedForwardWidth: 64,
  encoderLayers: 2,
  decoderLayers: 2,
  relativeBuckets: 8,
  relativeMaxDistance: 20,
  activation: "relu",
  tiedHead: true,
  normEpsilon: 1e-6,
  padId: 0,
  eosId: 1,
  decoderStartId: 0,
};

/** A frozen backbone of which every kind of output is read. */
export function readModel(seed = 1): ReadModel {
  const backbone = new T5("toy", config, initialise(config, seededRandom(seed)));
  const reads = [
    "encoder.embedding",
    "encoder.1",
    "decoder.0",
    "decoder.1",
    "decoder.0.crossAttention.weights",
    "decoder.1.crossAttention.value",
  ];
  return { backbone, gradientStart: backbone.sites.length, options: { dropout: 0 }, attachment: { side: { reads } } };
}

/** Different rows of 5 to 12 source tokens and 3 target tokens. */
export function toyRows(count: number): Row[] {
  const random = seededRandom(77);
  return Array.from({ length: count }, () => {
    const length = 4 + (random.permutation(8)[0] ?? 0);
    const source = [...random.permutation(30)].slice(0, length).map((id) => 10 + id);
    return { source: [...source, 1], answer: [2, 3 + random.permutation(2)[0]!] };
  });
}
