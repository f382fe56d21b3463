import { ConfigReader, defineMethod } from "@petl/spec";

export interface FullConfig {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/** Full fine-tuning: every tensor of the backbone is trained in place; nothing is added. The yardstick of all others. */
export default defineMethod<FullConfig>({
  specVersion: "v1",
  name: "full",
  paper: {
    title: "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
    url: "https://arxiv.org/abs/1910.10683",
  },
  parse(input) {
    const fields = new ConfigReader("full", input);
    const config = { learningRateScale: fields.number("learningRateScale", 1, 0) };
    fields.done();
    return config;
  },
  attach: (backbone, { learningRateScale }) => ({
    params: {},
    unfrozen: Object.keys(backbone.params),
    hooks: new Map(),
    optimizer: () => ({ learningRateScale }),
  }),
});
