import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTokenizer } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { initialise, T5 } from "@petl/family-t5";
import { makeDirectory } from "@petl/files";
import { seededRandom } from "@petl/tensor";
import { configOf, program, settingsOf } from "./arguments.js";
import { readCorpus } from "./corpus.js";
import { type PretrainPoint, pretrain } from "./pretrain.js";
import { exportCheckpoint, isBegun } from "./state.js";
import { warmStart } from "./warm-start.js";

async function main(): Promise<void> {
  const options = program.parse().opts();
  const here = process.env.INIT_CWD ?? process.cwd();
  const out = resolve(here, options.out);
  makeDirectory(out);
  const device = await cpu.open(options.threads === undefined ? {} : { threads: options.threads });
  const source = resolve(here, options.tokenizer);
  const tokenizerFile = source.endsWith(".json") ? source : join(source, "tokenizer.json");
  const tokenizer = loadTokenizer(source);
  const config = configOf(options, tokenizer);
  const settings = settingsOf(options);
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
  writeFileSync(
    join(out, "settings.json"),
    `${JSON.stringify({ config, settings, start: options.start, files: corpus.files }, null, 2)}\n`,
  );
  await pretrain(model, tokenizer, corpus, settings, out, sayProgress(settings.steps));
  await exportCheckpoint(out, model, { command: "pnpm pretrain", steps: String(settings.steps) });
  copyFileSync(tokenizerFile, join(out, "tokenizer.json"));
  console.error(`checkpoint: ${out}`);
  await device.close();
}

/** Says each point and the time that is left, by the pace of the points so far. */
function sayProgress(steps: number): (point: PretrainPoint) => void {
  let before: { readonly step: number; readonly atMs: number } | undefined;
  return (point) => {
    const { step, tokensPerS } = point;
    const losses = (["loss", "heldOutLoss", "wordLoss", "encoderLoss", "summaryLoss", "unigramLoss"] as const)
      .map((name) => `${name} ${point[name].toFixed(3)}`)
      .join(", ");
    const now = { step, atMs: performance.now() };
    const left = before && ((now.atMs - before.atMs) / (step - before.step)) * (steps - step);
    before ??= now;
    const eta = left === undefined ? "" : `, ${(left / 60_000).toFixed(0)} min left`;
    console.error(`step ${step} of ${steps}: ${losses}, ${Math.round(tokensPerS).toLocaleString("en")} tokens/s${eta}`);
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: Error) => {
    console.error(`error: ${process.env.PETL_DEBUG ? error.stack : error.message}`);
    process.exitCode = 2;
  });
}
