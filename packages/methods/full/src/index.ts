import { ConfigReader, defineMethod } from "@petl/spec";

export interface FullConfig {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/** Full fine-tuning trains every tensor of the backbone in place and adds nothing. It is the baseline for all other methods. */
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
    unfrozen: Object.keys(backbone.params).filter((param) => !backbone.head.includes(param)), // a head is the task's
    hooks: new Map(),
    optimizer: () => ({ learningRateScale }),
  }),
});
