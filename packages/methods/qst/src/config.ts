import { ConfigReader } from "@petl/spec";

export interface QstConfig {
  /** Divides every width of the backbone to give the side network's. */
  readonly reduction: number;
  /** Channels between the two factors of a downsampling. */
  readonly rank: number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/** @throws ConfigError naming the field and the value */
export function parseQstConfig(input: unknown): QstConfig {
  const fields = new ConfigReader("qst", input);
  const config: QstConfig = {
    reduction: fields.integer("reduction", 16, 1),
    rank: fields.integer("rank", 16, 1),
    learningRateScale: fields.number("learningRateScale", 10, 0),
  };
  fields.done();
  return config;
}
