import { ConfigReader } from "@petl/spec";

export interface LstConfig {
  /** Divides every width of the backbone to give the side network's. */
  readonly reduction: number;
  /** Layers 0, k, 2k, ... of each stack get no side layer; 0: all layers get one. */
  readonly skipEvery: number;
  /** `pruned`: the backbone's weights, pruned to their largest channels; `random`: its family's initialisation. */
  readonly initialisation: "pruned" | "random";
  /** Gates are `sigmoid(alpha / temperature)`. */
  readonly temperature: number;
  /** Dropout of the side network, in training. */
  readonly dropout: number;
  /** Distance from which tokens share a relative position bias, in T5; its value. */
  readonly maxDistance: number;
  /** Multiplies the suite's learning rate: 3e-4 becomes the published 3e-3. */
  readonly learningRateScale: number;
}

/** @throws ConfigError naming the field and the value */
export function parseLstConfig(input: unknown): LstConfig {
  const fields = new ConfigReader("lst", input);
  const config: LstConfig = {
    reduction: fields.integer("reduction", 8, 1),
    skipEvery: fields.custom("skipEvery", 4, "0, or a whole number from 2 up", (value) => {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isInteger(number) && number >= 0 && number !== 1 ? number : undefined;
    }),
    initialisation: fields.choice("initialisation", ["pruned", "random"], "pruned"),
    temperature: fields.number("temperature", 0.1, Number.MIN_VALUE),
    dropout: fields.number("dropout", 0, 0, 1),
    maxDistance: fields.integer("maxDistance", 128, 2),
    learningRateScale: fields.number("learningRateScale", 10, 0),
  };
  fields.done();
  return config;
}
