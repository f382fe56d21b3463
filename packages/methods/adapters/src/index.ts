import {
  AttachmentError,
  type Backbone,
  ConfigReader,
  defineMethod,
  type Hook,
  type Params,
  type Site,
} from "@petl/spec";
import { gelu, linear, type Random, relu, type Tensor, tf } from "@petl/tensor";

export interface AdaptersConfig {
  /** `houlsby`: after self-attention and after feed-forward; `one-a-layer`: after feed-forward only. */
  readonly placement: "houlsby" | "one-a-layer";
  /** Width of the bottleneck; null: `d_model / 16` rounded up. */
  readonly bottleneck: number | null;
  readonly activation: "gelu" | "relu";
  /** Whether the backbone's norms are trained too, including the final ones. */
  readonly norms: boolean;
  /** Standard deviation of both initial weights. */
  readonly initialDeviation: number;
  /** True: the up-projection starts at zero, so training starts at the backbone. */
  readonly zeroInit: boolean;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Bottleneck adapters after a sublayer, before dropout and residual: `y = x + U f(D x + d) + u`.
 *
 * `D` is (bottleneck, channels), `U` (channels, bottleneck), both N(0, 0.01^2); `d` and `u` start at zero.
 * Houlsby et al. 2019, section 2, https://arxiv.org/abs/1902.00751
 */
export default defineMethod<AdaptersConfig>({
  specVersion: "v1",
  name: "adapters",
  paper: { title: "Parameter-Efficient Transfer Learning for NLP", url: "https://arxiv.org/abs/1902.00751" },
  parse(input) {
    const fields = new ConfigReader("adapters", input);
    const config: AdaptersConfig = {
      placement: fields.choice("placement", ["houlsby", "one-a-layer"], "houlsby"),
      bottleneck: fields.custom<number | null>("bottleneck", null, "a whole number from 1 up, or auto", (value) =>
        value === null || value === "auto" ? null : wholeNumber(value),
      ),
      activation: fields.choice("activation", ["gelu", "relu"], "gelu"),
      norms: fields.boolean("norms", true),
      initialDeviation: fields.number("initialDeviation", 0.01, Number.MIN_VALUE),
      zeroInit: fields.boolean("zeroInit", false),
      learningRateScale: fields.number("learningRateScale", 1, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config, random) {
    const params: Record<string, Tensor> = {};
    const hooks = new Map<string, Hook>();
    for (const site of adaptedSites(backbone, config)) {
      Object.assign(params, adapter(site, config, random));
      hooks.set(site.name, adapterHook(site.name, config));
    }
    const norms = backbone.sites.filter(({ kind }) => config.norms && kind === "norm");
    return {
      params,
      unfrozen: norms.flatMap((site) => site.params),
      hooks,
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
});

/** Cross-attention gets no adapter: Houlsby's layers have none, and Sung et al. 2022 follow them on T5. */
function adaptedSites({ sites }: Backbone, { placement }: AdaptersConfig): Site[] {
  const last = placement === "houlsby" ? ["attention", "feedforward"] : ["feedforward"];
  const adapted = sites.filter(({ name, kind }) => kind === last.find((part) => name.endsWith(`.${part}`)));
  if (adapted.length === 0)
    throw new AttachmentError(`adapters: expected a site named ${last.join(" or ")}, found none`);
  return adapted;
}

function adapter({ name, width: [, channels] }: Site, config: AdaptersConfig, random: Random): Params {
  const bottleneck = config.bottleneck ?? Math.ceil(channels / 16);
  const draw = (part: string, shape: number[]): Tensor =>
    random.fork(`${name}.${part}`).normal(shape, 0, config.initialDeviation);
  return {
    [`${name}.down.weight`]: draw("down.weight", [bottleneck, channels]),
    [`${name}.down.bias`]: tf.zeros([bottleneck]),
    [`${name}.up.weight`]: config.zeroInit
      ? tf.zeros([channels, bottleneck])
      : draw("up.weight", [channels, bottleneck]),
    [`${name}.up.bias`]: tf.zeros([channels]),
  };
}

function adapterHook(name: string, { activation }: AdaptersConfig): Hook {
  const nonlinearity = activation === "gelu" ? gelu : relu;
  return ({ hidden, mask }, _input, { params }) => {
    const down = linear(hidden, params[`${name}.down.weight`]!, params[`${name}.down.bias`]!); // (batch, tokens, bottleneck)
    const up = linear(nonlinearity(down), params[`${name}.up.weight`]!, params[`${name}.up.bias`]!); // (batch, tokens, channels)
    return { hidden: tf.add(hidden, up), mask };
  };
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 1 ? number : undefined;
}
