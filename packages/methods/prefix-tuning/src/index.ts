import { AttachmentError, type Backbone, ConfigReader, defineMethod, type Hook, type Site } from "@petl/spec";
import { linear, type Random, type Tensor, tf } from "@petl/tensor";

export interface PrefixTuningConfig {
  /** Length of the prefix. */
  readonly tokens: number;
  /** Stacks whose attention gets a prefix, by the first part of their names. */
  readonly stacks: readonly string[];
  /** Attention sublayers that get one, by the last part of their names. */
  readonly sublayers: readonly string[];
  /** `mlp`: prefixes are computed from one trained table by a two-layer network, as the paper does for stability. */
  readonly reparameterization: "none" | "mlp";
  /** Hidden width of that network. */
  readonly hidden: number;
  /** Initial standard deviation of trained prefixes, or of the table. */
  readonly initialDeviation: number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Prefix-tuning: `softmax(q [P_k ; k]^T) [P_v ; v]`, trained keys and values before those of each attention.
 *
 * `P_k` and `P_v` are (tokens, heads * size), or `W tanh(V t + c) + b` of a table `t` (tokens, channels) that all sites share.
 * Every query sees the whole prefix, without relative bias or rotation. Li and Liang 2021, section 4, https://arxiv.org/abs/2101.00190
 */
export default defineMethod<PrefixTuningConfig>({
  specVersion: "v1",
  name: "prefix-tuning",
  paper: {
    title: "Prefix-Tuning: Optimizing Continuous Prompts for Generation",
    url: "https://arxiv.org/abs/2101.00190",
  },
  parse(input) {
    const fields = new ConfigReader("prefix-tuning", input);
    const config: PrefixTuningConfig = {
      tokens: fields.integer("tokens", 20, 1),
      stacks: fields.strings("stacks", ["encoder", "decoder"]),
      sublayers: fields.strings("sublayers", ["attention", "crossAttention"]),
      reparameterization: fields.choice("reparameterization", ["none", "mlp"], "none"),
      hidden: fields.integer("hidden", 512, 1),
      initialDeviation: fields.number("initialDeviation", 0.02, Number.MIN_VALUE),
      learningRateScale: fields.number("learningRateScale", 10, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config, random) {
    const sites = prefixedSites(backbone, config);
    return {
      params: config.reparameterization === "mlp" ? network(sites, config, random) : direct(sites, config, random),
      unfrozen: [],
      hooks: new Map(sites.map(({ name }) => [name, prepend(name, config)])),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
});

function prefixedSites({ sites }: Backbone, { stacks, sublayers }: PrefixTuningConfig): Site[] {
  const prefixed = sites.filter(({ name }) => {
    const [part, sublayer] = name.split(".").reverse();
    return (
      (part === "key" || part === "value") && stacks.includes(name.split(".")[0]!) && sublayers.includes(sublayer!)
    );
  });
  if (prefixed.length > 0) return prefixed;
  throw new AttachmentError(
    `prefix-tuning: expected key and value sites in sublayers ${sublayers.join("+")} of stacks ${stacks.join("+")}, found none`,
  );
}

function direct(sites: readonly Site[], { tokens, initialDeviation }: PrefixTuningConfig, random: Random) {
  return Object.fromEntries(
    sites.map(({ name, width }) => [
      `${name}.prefix`,
      random.fork(`${name}.prefix`).normal([tokens, width[1]], 0, initialDeviation),
    ]),
  );
}

function network(sites: readonly Site[], { tokens, hidden, initialDeviation }: PrefixTuningConfig, random: Random) {
  const channels = sites[0]!.width[0];
  const uniform = (name: string, shape: number[], fanIn: number): Tensor =>
    random.fork(name).uniform(shape, -(fanIn ** -0.5), fanIn ** -0.5); // PyTorch's initialisation of a linear layer
  const params: Record<string, Tensor> = {
    "prefix.table": random.fork("prefix.table").normal([tokens, channels], 0, initialDeviation),
    "prefix.weight": uniform("prefix.weight", [hidden, channels], channels),
    "prefix.bias": uniform("prefix.bias", [hidden], channels),
  };
  for (const { name, width } of sites) {
    params[`${name}.prefixWeight`] = uniform(`${name}.prefixWeight`, [width[1], hidden], hidden);
    params[`${name}.prefixBias`] = uniform(`${name}.prefixBias`, [width[1]], hidden);
  }
  return params;
}

function prepend(name: string, { tokens, reparameterization }: PrefixTuningConfig): Hook {
  return ({ hidden, mask }, _input, { params }) => {
    const [batch, , channels] = hidden.shape as [number, number, number];
    const prefix = reparameterization === "mlp" ? computed(name, params) : params[`${name}.prefix`]!; // (prefix, channels)
    const rows = tf.tile(tf.reshape(prefix, [1, tokens, channels]), [batch, 1, 1]);
    return { hidden: tf.concat([rows, hidden], 1), mask: tf.concat([tf.ones([batch, tokens]), mask], 1) };
  };
}

function computed(name: string, params: Readonly<Record<string, Tensor>>): Tensor {
  const inner = tf.tanh(linear(params["prefix.table"]!, params["prefix.weight"]!, params["prefix.bias"]!));
  return linear(inner, params[`${name}.prefixWeight`]!, params[`${name}.prefixBias`]!);
}
