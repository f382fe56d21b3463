import { ConfigReader, defineMethod, trainedBiases } from "@petl/spec";

export interface BitFitConfig {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * BitFit trains only biases: those of the backbone, `y = W x + b`. Where it has none, as T5, a zero vector is added to the output of
 * every linear layer and norm, including the LM head.
 *
 * Ben Zaken et al. 2022, section 3, https://arxiv.org/abs/2106.10199; without biases as in Sung et al. 2022,
 * https://arxiv.org/abs/2206.06522
 */
export default defineMethod<BitFitConfig>({
  specVersion: "v1",
  name: "bitfit",
  paper: {
    title: "BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based Masked Language-models",
    url: "https://arxiv.org/abs/2106.10199",
  },
  parse(input) {
    const fields = new ConfigReader("bitfit", input);
    const config = { learningRateScale: fields.number("learningRateScale", 1, 0) };
    fields.done();
    return config;
  },
  attach(backbone, { learningRateScale }) {
    return { ...trainedBiases(backbone), optimizer: () => ({ learningRateScale }) };
  },
});
