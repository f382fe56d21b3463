import { ConfigReader, defineMethod, type Hook } from "@petl/spec";
import { addBias, type Tensor, tf } from "@petl/tensor";

export interface OwnBiasConfig {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * One sentence on what is added, and its formula: so far `y = block(x) + b`, with `b` (channels) zero at the start.
 *
 * Authors Year, section, address.
 */
export default defineMethod<OwnBiasConfig>({
  specVersion: "v1",
  name: "own-bias",
  paper: { title: "The paper this is from", url: "https://example.org/" },
  parse(input) {
    const fields = new ConfigReader("own-bias", input);
    const config = { learningRateScale: fields.number("learningRateScale", 1, 0) };
    fields.done();
    return config;
  },
  attach(backbone, { learningRateScale }, _random) {
    const params: Record<string, Tensor> = {};
    const hooks = new Map<string, Hook>();
    for (const { name, width } of backbone.sites.filter(({ kind }) => kind === "block")) {
      const bias = `${name}.bias`;
      params[bias] = tf.zeros([width[1]]); // (channels); random.fork(bias).normal([width[1]]) would be a random start
      hooks.set(name, ({ hidden, mask }, _input, context) => ({
        hidden: addBias(hidden, context.params[bias]!), // (batch, tokens, channels)
        mask,
      }));
    }
    return { params, unfrozen: [], hooks, optimizer: () => ({ learningRateScale }) };
  },
});
