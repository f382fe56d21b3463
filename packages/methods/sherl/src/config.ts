import { ConfigReader } from "@petl/spec";

export interface SherlConfig {
  /** Divides the backbone's width to give that of the states that are put together. */
  readonly reduction: number;
  /** True: training starts at the backbone, whose own state passes the last block beside the correction. */
  readonly zeroInit: boolean;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/** @throws ConfigError naming the field and the value */
export function parseSherlConfig(input: unknown): SherlConfig {
  const fields = new ConfigReader("sherl", input);
  const config: SherlConfig = {
    reduction: fields.integer("reduction", 4, 1),
    zeroInit: fields.boolean("zeroInit", false),
    learningRateScale: fields.number("learningRateScale", 10, 0),
  };
  fields.done();
  return config;
}
