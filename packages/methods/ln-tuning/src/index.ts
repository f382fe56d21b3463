import {
  AttachmentError,
  addedBiases,
  ConfigError,
  ConfigReader,
  defineMethod,
  type LayoutFiles,
  peftFiles,
  peftModule,
  type Tuned,
} from "@petl/spec";

export interface LnTuningConfig {
  /** Whether a zero bias is added to each norm's output and trained, for backbones whose norms have none. */
  readonly biases: boolean;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * LN-tuning trains only the gains of the backbone's norms, `y = g * x / rms(x) (+ b)`.
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
    const norms = backbone.sites.filter(({ kind }) => kind === "norm");
    if (norms.length === 0) throw new AttachmentError("ln-tuning: expected a backbone with norms, found none");
    const { params, hooks } = addedBiases(biases ? norms : []);
    return {
      params,
      unfrozen: norms.flatMap((site) => site.params),
      hooks,
      optimizer: () => ({ learningRateScale }),
    };
  },
  layouts: { peft: inPeft },
});

function inPeft(tuned: Tuned<LnTuningConfig>): LayoutFiles {
  const { backbone, config, trained } = tuned;
  if (config.biases)
    throw new ConfigError("ln-tuning.biases", "PEFT adds no biases to norms without any; expected false, got true");
  const gains = Object.entries(trained).map(([name, gain]) => [peftModule(backbone, name), gain] as const);
  const tensors = gains.map(([module, gain]) => [`base_model.model.${module}.ln_tuning_layers.weight`, gain]);
  const settings = { peft_type: "LN_TUNING", target_modules: gains.map(([module]) => module) };
  return peftFiles(tuned, settings, Object.fromEntries(tensors));
}
