import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBackbone, loadWeights, saveCheckpoint } from "@petl/backbone";
import { readConfig, readSafetensors, writeSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { liveBytes, seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import family, { geometries, initialise, Llama, type LlamaConfig } from "../src/index.js";
import { fixtureDirectory, readReference } from "./reference.js";
import { passOf } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

type Tensors = Record<string, { shape: number[]; values: Float32Array }>;

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-llama-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A fixture's tensors after `change`, as a file of its own. */
function altered(fixture: string, change: (tensors: Tensors) => Tensors): string {
  const stored = readSafetensors(`${fixtureDirectory(fixture)}model.safetensors`);
  const names = stored.names();
  const tensors = Object.fromEntries(
    names.map((name) => [name, { shape: [...stored.info(name).shape], values: stored.read(name) }]),
  );
  stored.close();
  const path = join(scratch(), "model.safetensors");
  writeSafetensors(path, change(tensors));
  return path;
}

const renamed = (tensors: Tensors, name: (name: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([from, tensor]) => [name(from), tensor]));

describe("a checkpoint's tensors are the same", () => {
  const table = "model.embed_tokens.weight";
  test.each<[string, (tensors: Tensors) => Tensors]>([
    ["in a file of the model without a head", (tensors) => renamed(tensors, (name) => name.replace(/^model\./, ""))],
    ["where a tied head is repeated", (tensors) => ({ ...tensors, "lm_head.weight": tensors[table]! })],
    [
      "in an old file with frequencies",
      (tensors) => ({
        ...tensors,
        "model.layers.0.self_attn.rotary_emb.inv_freq": { shape: [6], values: new Float32Array(6) },
      }),
    ],
    [
      "beside another task's head",
      (tensors) => ({ ...tensors, "score.weight": { shape: [2, 32], values: new Float32Array(64) } }),
    ],
  ])("%s", async (_, change) => {
    const { model } = readReference("llama-grouped");
    const params = loadWeights(altered("llama-grouped", change), family, model.config);
    expect(Object.keys(params)).toEqual(Object.keys(model.params));
    for (const [name, tensor] of Object.entries(params))
      expect(await tensor.data()).toEqual(await model.param(name).data());
    tf.dispose(Object.values(params));
  });

  test.each(["llama", "llama-rope-llama3", "llama-rope-linear", "qwen2", "qwen3", "mistral"])(
    "of %s once it is saved",
    async (name) => {
      const { model } = readReference(name);
      const directory = scratch();
      const { params, publishedNames, config } = model;
      await saveCheckpoint(directory, { params, publishedNames, configFields: family.configFields(config) });
      const [before, after] = [fixtureDirectory(name), directory].map((from) =>
        readSafetensors(join(from, "model.safetensors")),
      );
      expect(after!.names().toSorted()).toEqual(before!.names().toSorted());
      for (const tensor of before!.names()) expect(after!.read(tensor)).toEqual(before!.read(tensor));
      model.dispose();
    },
  );
});

describe("a checkpoint without an LM head, as transformers saves a classifier or the bare model", () => {
  const files: Record<string, (tensors: Tensors) => Tensors> = {
    classifier: (tensors) => tensors,
    "bare model": ({ "score.weight": _, ...tensors }) => renamed(tensors, (name) => name.replace(/^model\./, "")),
  };

  test.each(Object.keys(files))("of a %s: answers through a task's head and writes no text", async (kind) => {
    const directory = fixtureDirectory("llama-classification");
    const config = readConfig(directory, family.config);
    expect(config.tiedHead).toBe(false);
    const params = loadWeights(altered("llama-classification", files[kind]!), family, config);
    const model = new Llama("headless", config, params);
    expect(Object.keys(model.params)).not.toContain("lmHead.weight");
    const headed = model.withHead({ kind: "classes", outputs: 2 }, seededRandom(0));
    const logitsOf = (of: Llama) => {
      const pass = passOf(of);
      return tf.tidy(() => of.readout(of.forward(of.pad([{ source: [3, 4, 5], answer: [] }]), pass), pass));
    };
    const logits = logitsOf(headed);
    expect(logits.shape).toEqual([1, 1, 2]);
    logits.dispose();
    expect(() => logitsOf(model)).toThrow("expected lm_head.weight to write text with");
    headed.dispose();
  });

  test("is damaged where its other names are those of a model that writes text", () => {
    const { model } = readReference("llama");
    const path = altered("llama", ({ "lm_head.weight": _, ...others }) => others);
    expect(() => loadWeights(path, family, model.config)).toThrow(/missing.*lm_head\.weight/);
    model.dispose();
  });
});

test("a missing tensor is refused by its name in the file", () => {
  const { model } = readReference("qwen3");
  const name = "model.layers.1.self_attn.q_norm.weight";
  const path = altered("qwen3", ({ [name]: _, ...others }) => others);
  expect(() => loadWeights(path, family, model.config)).toThrow(new RegExp(`missing.*${name}`));
});

describe("a checkpoint that does not fit its tokenizer is refused", () => {
  const tiny = geometries["llama-tiny"]!;
  test.each<[Partial<LlamaConfig>, string]>([
    [{ vocabularySize: 2047 }, "expected a tokenizer of at most 2047 ids (the rows of the embedding table), got 2048"],
    [{ padId: 2048 }, "expected pad_token_id from 0 to 2047 (the rows of the embedding table), got 2048"],
    [{ eosId: -2 }, "expected eos_token_id from 0 to 2047"],
    [{ eosId: 5 }, "expected the tokenizer's end of sequence 1 as eos_token_id, or as its last, got 5"],
  ])("%j", async (fields, message) => {
    const config = { ...tiny, modelWidth: 8, feedForwardWidth: 8, headWidth: 2, ...fields };
    const directory = scratch();
    const model = new Llama("odd", config, initialise(config, seededRandom(0)));
    const { params, publishedNames } = model;
    await saveCheckpoint(directory, { params, publishedNames, configFields: family.configFields(config) });
    model.dispose();
    for (const file of ["tokenizer.json", "tokenizer_config.json"])
      copyFileSync(join(family.tokenizerDirectory, file), join(directory, file));
    await expect(loadBackbone(directory, family, { seed: 0 })).rejects.toThrow(message);
  });
});

describe("a task's head", () => {
  const task = { kind: "classes", outputs: 3 } as const;

  test("is one drawn tensor beside the backbone's own, which it shares; an LM head of its own is left out", async () => {
    const before = liveBytes();
    const { model } = readReference("llama"); // whose head is not tied
    const headed = model.withHead(task, seededRandom(1));
    expect(headed).toMatchObject({ head: ["score.weight"], headTask: task, readoutSites: ["decoder.norm", "score"] });
    const { "lmHead.weight": _, ...shared } = model.params;
    const { "score.weight": score, ...others } = headed.params;
    expect(others).toEqual(shared);
    expect(score!.shape).toEqual([3, model.config.modelWidth]);
    const values = await score!.data();
    expect(Math.hypot(...values) / Math.sqrt(values.length)).toBeCloseTo(model.config.initialDeviation, 2);
    const again = model.withHead(task, seededRandom(1)).param("score.weight");
    expect(await again.data()).toEqual(values);
    again.dispose();
    headed.dispose();
    expect(liveBytes()).toEqual(before);
  });

  test("has the name that transformers saves it by", () => {
    const { model } = readReference("qwen2");
    expect(model.withHead(task, seededRandom(1)).publishedNames.get("score.weight")).toBe("score.weight");
    expect(() => model.param("score.weight")).toThrow("no tensor named score.weight");
  });
});
