import type { Tokenizer } from "@petl/checkpoint";
import t5, { type T5Config } from "@petl/family-t5";
import { scheduleNames } from "@petl/optim";
import { Command, InvalidArgumentError, Option, type OptionValues } from "commander";
import type { PretrainSettings } from "./pretrain.js";

const whole = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError(`expected a whole number from 1, got "${text}"`);
  return Number(text);
};
const number = (text: string): number => {
  if (text.trim() === "" || !Number.isFinite(Number(text)))
    throw new InvalidArgumentError(`expected a number, got "${text}"`);
  return Number(text);
};

/** The command line of `pnpm pretrain`. */
export const program = new Command("pretrain")
  .description(
    "Pre-trains a small T5 by span corruption; the defaults are those of @petl/backbone-mini. " +
      "Run it again with the same --out to go on where it stopped.",
  )
  .requiredOption("--text <files...>", "text, one paragraph a line, blank line between documents; plain or .gz")
  .requiredOption("--out <dir>", "states, curve.jsonl and, at the end, the checkpoint")
  .option("--tokenizer <dir>", "directory or file of the tokenizer", t5.tokenizerDirectory)
  .option("--steps <n>", "updates in all", whole, 1500)
  .option("--batch-size <n>", "pieces of text an update sees", whole, 48)
  .option("--length <n>", "tokens of a piece before corruption", whole, 64)
  .option("--learning-rate <rate>", "peak", number, 3e-4)
  .addOption(new Option("--schedule <name>", "after warm-up").choices([...scheduleNames]).default("linear"))
  .option("--beta2 <x>", "of AdamW", number, 0.98)
  .option("--warmup-steps <n>", "linear warm-up", whole, 100)
  .option("--rate <share>", "share of tokens masked", number, 0.25)
  .option("--mean-span <n>", "mean tokens of a span", number, 2)
  .option("--encoder-weight <x>", "weight of the encoder's own loss (0: T5's objective)", number, 1)
  .option("--summary-weight <x>", "weight of the decoder's first position's loss (0: T5's objective)", number, 2)
  .option("--width <n>", "d_model", whole, 128)
  .option("--head-width <n>", "channels of a head", whole, 16)
  .option("--feed-forward-width <n>", "d_ff", whole, 384)
  .option("--encoder-layers <n>", "", whole, 4)
  .option("--decoder-layers <n>", "", whole, 2)
  .addOption(new Option("--start <name>", "warm: see the README").choices(["warm", "random"]).default("warm"))
  .option("--embedding-deviation <x>", "of the random embeddings", number, 0.3)
  .option("--token-cache <dir>", "where the text's token ids are kept (default: --out)")
  .option("--save-every <n>", "updates between saved states", whole, 125)
  .option("--seed <n>", "", number, 0)
  .option("--threads <n>", "default: all cores", whole);

/** The geometry asked for, in T5 v1.1's manner. */
export function configOf(options: OptionValues, tokenizer: Tokenizer): T5Config {
  return {
    vocabularySize: tokenizer.vocabularySize,
    modelWidth: options.width,
    headWidth: options.headWidth,
    heads: Math.max(1, Math.floor(options.width / options.headWidth)),
    feedForwardWidth: options.feedForwardWidth,
    encoderLayers: options.encoderLayers,
    decoderLayers: options.decoderLayers,
    relativeBuckets: 32,
    relativeMaxDistance: 128,
    activation: "gated-gelu",
    tiedHead: false,
    normEpsilon: 1e-6,
    padId: tokenizer.padId,
    eosId: tokenizer.eosId,
    decoderStartId: tokenizer.padId,
  };
}

export function settingsOf(options: OptionValues): PretrainSettings {
  return {
    seed: options.seed,
    steps: options.steps,
    batchSize: options.batchSize,
    length: options.length,
    learningRate: options.learningRate,
    warmupSteps: options.warmupSteps,
    schedule: options.schedule,
    beta2: options.beta2,
    rate: options.rate,
    meanSpan: options.meanSpan,
    encoderWeight: options.encoderWeight,
    summaryWeight: options.summaryWeight,
    saveEvery: options.saveEvery,
  };
}
