import { ConfigReader } from "@petl/spec";

export interface UniptConfig {
  /** Divides the backbone's width to give the network's. */
  readonly reduction: number;
  /** False: the decoder's states do not look at the encoder's, which are then not read (ablation). */
  readonly joiner: boolean;
  /** True: training starts at the backbone. */
  readonly zeroInit: boolean;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/** @throws ConfigError naming the field and the value */
export function parseUniptConfig(input: unknown): UniptConfig {
  const fields = new ConfigReader("unipt", input);
  const config: UniptConfig = {
    reduction: fields.integer("reduction", 2, 1),
    joiner: fields.boolean("joiner", true),
    zeroInit: fields.boolean("zeroInit", true),
    learningRateScale: fields.number("learningRateScale", 10, 0),
  };
  fields.done();
  return config;
}
