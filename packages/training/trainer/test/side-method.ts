import type { Activation, PetlMethod } from "@petl/spec";
import { linear, tf } from "@petl/tensor";

const reads = [
  "encoder.embedding",
  "encoder.1",
  "decoder.0",
  "decoder.1",
  "decoder.0.crossAttention.weights",
  "decoder.1.crossAttention.value",
];

/** A side network that reads every kind of output there is: enough of a method to test the cache with, without naming one. */
export const sideMethod: PetlMethod<null> = {
  specVersion: "v1",
  name: "side",
  paper: { title: "none", url: "https://example.org/" },
  parse: () => null,
  attach(backbone, _config, random) {
    const width = backbone.sites.find(({ name }) => name === "decoder.1")!.width[1];
    const weight = (name: string) => random.fork(name).normal([width, width], 0, 0.3 / Math.sqrt(width));
    return {
      params: { source: weight("source"), value: weight("value"), state: weight("state") },
      unfrozen: [],
      hooks: new Map(),
      side: {
        reads,
        enters: "decoder.norm",
        forward(recorded, { params }) {
          const of = (name: string): Activation => recorded.get(name)!;
          const weights = tf.mean(of("decoder.0.crossAttention.weights").hidden, 1); // (batch, targets, sources)
          const sources = linear(tf.add(of("encoder.embedding").hidden, of("encoder.1").hidden), params.source!);
          const values = linear(of("decoder.1.crossAttention.value").hidden, params.value!);
          const seen = tf.matMul(weights, tf.tanh(tf.add(sources, values))); // (batch, targets, channels)
          const [first, last] = [of("decoder.0").hidden, of("decoder.1").hidden];
          return tf.add(last, tf.add(seen, linear(first, params.state!)));
        },
      },
    };
  },
};
