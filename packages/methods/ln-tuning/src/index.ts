import {
  AttachmentError,
  addedBiases,
  type Backbone,
  ConfigError,
  ConfigReader,
  defineMethod,
  type LayoutFiles,
  peftFiles,
  publishedModule,
  type Site,
  type Tuned,
} from "@petl/spec";

export interface LnTuningConfig {
  /** Whether a zero bias is added to the output of each norm that has none, and trained. */
  readonly biases: boolean;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * LN-tuning trains only the norms of the backbone: their gains and, where they have some, their biases, `y = g * norm(x) + b`.
 *
 * Qi et al. 2022, section 3, https://arxiv.org/abs/2211.08682
 */
export default defineMethod<LnTuningConfig>({
  specVersion: "v1",
  name: "ln-tuning",
  paper: {
    title: "Parameter-Efficient Tuning on Layer Normalization for Pre-trained Language Models",
    url: "https://arxiv.org/abs/2211.08682",
  },
  parse(input) {
    const fields = new ConfigReader("ln-tuning", input);
    const config = {
      biases: fields.boolean("biases", false),
      learningRateScale: fields.number("learningRateScale", 10, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, { biases, learningRateScale }) {
    const norms = normsOf(backbone);
    if (norms.length === 0) throw new AttachmentError("ln-tuning: expected a backbone with norms, found none");
    const { params, hooks } = addedBiases(biases ? norms.filter(isUnbiased) : []);
    return {
      params,
      unfrozen: norms.flatMap((site) => site.params),
      hooks,
      optimizer: () => ({ learningRateScale }),
    };
  },
  layouts: { peft: inPeft },
});

const normsOf = ({ sites }: Backbone): Site[] => sites.filter(({ kind }) => kind === "norm");
const isUnbiased = ({ params }: Site): boolean => !params.some((param) => param.endsWith(".bias"));

/** PEFT tunes a copy of each norm. */
function inPeft(tuned: Tuned<LnTuningConfig>): LayoutFiles {
  const { backbone, config, trained } = tuned;
  const norms = normsOf(backbone);
  if (config.biases && norms.some(isUnbiased))
    throw new ConfigError("ln-tuning.biases", "PEFT adds no biases to norms without any; expected false, got true");
  const tensors = norms.flatMap(({ params }) =>
    params.map((param) => {
      const part = param.slice(param.lastIndexOf(".") + 1);
      return [`base_model.model.${publishedModule(backbone, param)}.ln_tuning_layers.${part}`, trained[param]!];
    }),
  );
  const settings = {
    peft_type: "LN_TUNING",
    target_modules: norms.map(({ params: [gain] }) => publishedModule(backbone, gain!)),
  };
  return peftFiles(tuned, settings, Object.fromEntries(tensors));
}
