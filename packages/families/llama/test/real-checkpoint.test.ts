import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { greedyDecode, type LoadedBackbone, loadBackbone } from "@petl/backbone";
import { readSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { softmaxCrossEntropy, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import family, { type LlamaConfig } from "../src/index.js";
import { expectClose } from "./reference.js";
import { passOf } from "./small-model.js";

const name = "smollm2-135m";
const shared = fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
/** Where a folder for each real checkpoint lies. */
const checkpoint = resolve(process.env.PETL_MODELS ?? join(shared, "models"), name);
/** What scripts/real-checkpoints/reference.py wrote of them. */
const references = process.env.PETL_REFERENCES && resolve(process.env.PETL_REFERENCES, name);

const isThere = existsSync(join(checkpoint, "model.safetensors"));
if (!isThere) console.warn(`skipped: ${checkpoint} is absent (PETL_MODELS names the folder of real checkpoints)`);
const isCompared = isThere && references !== undefined && existsSync(join(references, "states.json"));
if (!isCompared)
  console.warn("skipped: PETL_REFERENCES names no folder with smollm2-135m by scripts/real-checkpoints/reference.py");

const read = <Content>(file: string): Content => JSON.parse(readFileSync(join(references!, file), "utf8")) as Content;
interface Tokens {
  readonly rows: readonly { readonly task: string; readonly index: number; readonly ids: readonly number[] }[];
}
interface ZeroShot {
  readonly tasks: {
    readonly sst2: {
      readonly choices: readonly string[];
      readonly rows: readonly { readonly index: number; readonly logLikelihoods: readonly number[] }[];
    };
  };
}

describe.skipIf(!isThere)(`the real checkpoint ${name}`, () => {
  let loaded: LoadedBackbone<LlamaConfig>;
  beforeAll(async () => {
    await cpu.open();
    loaded = await loadBackbone(checkpoint, family, { seed: 0 });
  });

  test("continues a text it knows, with cached keys and values", async () => {
    const { model, tokenizer } = loaded;
    const sources = ["The capital of France is", "One, two, three, four,"].map((text) => tokenizer.encode(text));
    const inputs = model.pad(sources.map((source) => ({ source, answer: [] })));
    const pass = passOf(model);
    const prefilled = model.prefill(inputs, pass);
    const written = await greedyDecode(model, prefilled, pass, 2, { maxTokens: 3 });
    expect(tokenizer.decode(written[0]!)).toMatch(/^ Paris/);
    expect(tokenizer.decode(written[1]!)).toMatch(/^ five, /);
    prefilled.dispose();
  });

  test.skipIf(!isCompared)("has the states and logits of transformers", async () => {
    const { model } = loaded;
    const about = read<{ layeredRows: number; rows: { task: string; index: number }[] }>("states.json");
    const tokens = read<Tokens>("tokens.json");
    const stored = readSafetensors(join(references!, "states.safetensors"));
    const last = stored.read("lastHidden");
    const width = loaded.config.modelWidth;
    const rows = about.rows.slice(0, about.layeredRows).map(({ task, index }) => {
      const row = tokens.rows.find((each) => each.task === task && each.index === index)!;
      return { source: row.ids.slice(0, 1), answer: row.ids.slice(1) }; // every position is read out
    });
    const inputs = model.pad(rows);
    const layers = ["decoder.embedding", "decoder.0", "decoder.1", "decoder.2", "decoder.norm"];
    const pass = passOf(model, { reads: layers });
    const logits = tf.tidy(() => model.readout(model.forward(inputs, pass), pass));
    const positions = inputs.shape[2];
    for (const [index, site] of layers.entries()) {
      const values = await pass.recorded.get(site)!.hidden.data();
      const ours = rows.flatMap(({ answer }, row) => [
        ...values.subarray(row * positions * width, (row * positions + answer.length + 1) * width),
      ]);
      const theirs = site === "decoder.norm" ? last.subarray(0, ours.length) : stored.read(`layer.${index}`);
      await expectClose(tf.tensor1d(ours), theirs, site, { tolerance: 1e-4 });
    }
    const vocabulary = loaded.config.vocabularySize;
    const theirLogits = stored.read("logits");
    for (const [row, { answer }] of rows.entries()) {
      const ends = tf.slice(logits, [row, answer.length, 0], [1, 1, vocabulary]);
      const theirs = theirLogits.subarray(row * vocabulary, (row + 1) * vocabulary);
      await expectClose(ends, theirs, `logits of row ${row}`, { tolerance: 1e-4 });
    }
  });

  test.skipIf(!isCompared || !existsSync(join(references!, "zero-shot.json")))(
    "finds each answer of SST-2 as likely as transformers finds it",
    async () => {
      const { model, tokenizer } = loaded;
      const { choices, rows } = read<ZeroShot>("zero-shot.json").tasks.sst2;
      const prompts = read<Tokens>("tokens.json")
        .rows.filter(({ task }) => task === "sst2")
        .slice(0, 6);
      const inputs = model.pad(prompts.map(({ ids }) => ({ source: ids, answer: [] })));
      const pass = passOf(model);
      const prefilled = model.prefill(inputs, pass);
      for (const [choice, text] of choices.entries()) {
        const ids = tokenizer.encode(text);
        const answers = prompts.map(() => ids.slice(0, -1));
        const losses = tf.tidy(() => {
          const logits = model.readout(prefilled.after(answers, pass), pass);
          const labels = tf.tensor1d(
            prompts.flatMap(() => ids),
            "int32",
          );
          const ofTokens = softmaxCrossEntropy(tf.reshape(logits, [labels.size, -1]), labels);
          return tf.neg(tf.sum(tf.reshape(ofTokens, [prompts.length, ids.length]), 1));
        });
        const theirs = prompts.map(({ index }) => rows.find((row) => row.index === index)!.logLikelihoods[choice]!);
        await expectClose(losses, theirs, text);
      }
      prefilled.dispose();
    },
  );
});
