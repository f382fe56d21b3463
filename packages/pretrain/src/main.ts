import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { initialise, presetDirectory, T5, type T5Config } from "@petl/backbone";
import { loadTokenizer } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { scheduleNames } from "@petl/optim";
import { seededRandom } from "@petl/tensor";
import { Command, InvalidArgumentError, Option } from "commander";
import { readCorpus } from "./corpus.js";
import { type PretrainSettings, pretrain } from "./pretrain.js";
import { exportCheckpoint, isBegun } from "./state.js";
import { warmStart } from "./warm-start.js";

const whole = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError(`expected a whole number from 1, got "${text}"`);
  return Number(text);
};
const number = (text: string): number => {
  if (text.trim() === "" || !Number.isFinite(Number(text)))
    throw new InvalidArgumentError(`expected a number, got "${text}"`);
  return Number(text);
};

const program = new Command("pretrain")
  .description("Pre-trains a small T5 by span corruption. Run it again with the same --out to go on where it stopped.")
  .requiredOption("--text <files...>", "text, one paragraph a line, blank line between documents; plain or .gz")
  .requiredOption("--out <dir>", "states, curve.jsonl and, at the end, the checkpoint")
  .option("--tokenizer <dir>", "directory or file of the tokenizer", presetDirectory("t5-tiny-random"))
  .option("--steps <n>", "updates in all", whole, 20_000)
  .option("--batch-size <n>", "pieces of text an update sees", whole, 32)
  .option("--length <n>", "tokens of a piece before corruption", whole, 128)
  .option("--learning-rate <rate>", "peak", number, 5e-3)
  .addOption(new Option("--schedule <name>", "after warm-up").choices([...scheduleNames]).default("linear"))
  .option("--beta2 <x>", "of AdamW", number, 0.98)
  .option("--warmup-steps <n>", "linear warm-up", whole, 200)
  .option("--rate <share>", "share of tokens masked", number, 0.15)
  .option("--mean-span <n>", "mean tokens of a span", number, 3)
  .option("--encoder-weight <x>", "weight of the encoder's own loss (0: T5's objective)", number, 1)
  .option("--summary-weight <x>", "weight of the decoder's first position's loss (0: T5's objective)", number, 1)
  .option("--width <n>", "d_model", whole, 192)
  .option("--head-width <n>", "channels of a head", whole, 32)
  .option("--feed-forward-width <n>", "d_ff", whole, 512)
  .option("--encoder-layers <n>", "", whole, 4)
  .option("--decoder-layers <n>", "", whole, 2)
  .addOption(new Option("--start <name>", "warm: see the README").choices(["warm", "random"]).default("warm"))
  .option("--embedding-deviation <x>", "of the random embeddings", number, 0.3)
  .option("--token-cache <dir>", "where the text's token ids are kept (default: --out)")
  .option("--save-every <n>", "updates between saved states", whole, 500)
  .option("--seed <n>", "", number, 0)
  .option("--threads <n>", "default: all cores", whole);

async function main(): Promise<void> {
  const options = program.parse().opts();
  const here = process.env.INIT_CWD ?? process.cwd();
  const out = resolve(here, options.out);
  mkdirSync(out, { recursive: true });
  const device = await cpu.open(options.threads === undefined ? {} : { threads: options.threads });
  const source = resolve(here, options.tokenizer);
  const tokenizerFile = source.endsWith(".json") ? source : join(source, "tokenizer.json");
  const tokenizer = loadTokenizer(source);
  const config: T5Config = {
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
  const settings: PretrainSettings = {
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
  const corpus = await readCorpus(
    (options.text as string[]).map((path) => resolve(here, path)),
    tokenizer,
    {
      cacheDirectory: resolve(here, options.tokenCache ?? out),
      vocabularyDigest: createHash("sha256").update(readFileSync(tokenizerFile)).digest("hex"),
      onFile: (path) => console.error(`reading ${path}`),
    },
  );
  const model = new T5(
    "pretrained",
    config,
    initialise(config, seededRandom(options.seed).fork("backbone"), options.embeddingDeviation),
  );
  if (options.start === "warm" && !isBegun(out))
    warmStart(model, corpus, seededRandom(options.seed).fork("warm start"));
  const size = Object.values(model.params).reduce((sum, tensor) => sum + tensor.size, 0);
  console.error(`${size.toLocaleString("en")} parameters, ${corpus.tokens.length.toLocaleString("en")} tokens of text`);
  writeFileSync(join(out, "settings.json"), `${JSON.stringify({ config, settings, files: corpus.files }, null, 2)}\n`);
  const startedAt = performance.now();
  let first = 0;
  await pretrain(
    model,
    tokenizer,
    corpus,
    settings,
    out,
    ({ step, loss, heldOutLoss, wordLoss, encoderLoss, summaryLoss, unigramLoss, tokensPerS }) => {
      first ||= step - settings.saveEvery;
      const leftS = ((performance.now() - startedAt) / 1000 / (step - first)) * (settings.steps - step);
      console.error(
        `step ${step} of ${settings.steps}: loss ${loss.toFixed(3)}, held out ${heldOutLoss.toFixed(3)}, words ${wordLoss.toFixed(3)}, encoder ${encoderLoss.toFixed(3)}, summary ${summaryLoss.toFixed(3)} (unigram ${unigramLoss.toFixed(3)}), ` +
          `${Math.round(tokensPerS).toLocaleString("en")} tokens/s, ${(leftS / 60).toFixed(0)} min left`,
      );
    },
  );
  await exportCheckpoint(out, model, { command: "pnpm pretrain", steps: String(settings.steps) });
  copyFileSync(tokenizerFile, join(out, "tokenizer.json"));
  console.error(`checkpoint: ${out}`);
  await device.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: Error) => {
    console.error(`error: ${process.env.PETL_DEBUG ? error.stack : error.message}`);
    process.exitCode = 2;
  });
}
