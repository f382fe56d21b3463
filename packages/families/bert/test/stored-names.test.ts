import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWeights } from "@petl/backbone";
import { readConfig, readSafetensors, writeSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import type { Params } from "@petl/spec";
import { tf } from "@petl/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import family from "../src/index.js";
import { fixture } from "./reference.js";

const scratch = mkdtempSync(join(tmpdir(), "petl-bert-names-"));

beforeAll(async () => {
  await cpu.open();
});
afterAll(() => rmSync(scratch, { recursive: true }));

type Name = "bert" | "roberta" | "distilbert";
type Tensors = Record<string, { shape: readonly number[]; values: Float32Array }>;

/** Loads a fixture's weights after `change`, which returns the tensors of the file. */
function load(name: Name, change: (tensors: Tensors) => Tensors): Params {
  const stored = readSafetensors(`${fixture(name)}model.safetensors`);
  const tensors = Object.fromEntries(
    stored.names().map((tensor) => [tensor, { shape: stored.info(tensor).shape, values: stored.read(tensor) }]),
  );
  stored.close();
  const path = join(scratch, "model.safetensors");
  writeSafetensors(path, change(tensors));
  return loadWeights(path, family, readConfig(fixture(name), family.config));
}

const renamed = (tensors: Tensors, rename: (name: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));
const without = (tensors: Tensors, pattern: RegExp): Tensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !pattern.test(name)));
const one = { shape: [1], values: new Float32Array(1) };

const valuesOf = (params: Params): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(params).map(([name, tensor]) => [name, tensor.dataSync() as Float32Array]));

describe.each(["bert", "roberta", "distilbert"] as const)("files of %s load the same", (name) => {
  const plain = () => valuesOf(load(name, (tensors) => tensors));
  test("without the prefix and the head, as bare encoders are saved", () => {
    const bare = (tensors: Tensors) =>
      renamed(without(tensors, /^(pre_)?classifier/), (tensor) => tensor.replace(`${name}.`, ""));
    expect(valuesOf(load(name, bare))).toEqual(plain());
  });

  test("with norms called gamma and beta", () => {
    const old = (tensor: string): string =>
      tensor.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta");
    expect(valuesOf(load(name, (tensors) => renamed(tensors, old)))).toEqual(plain());
  });

  test("with the heads of pre-training and old buffers beside them", () => {
    const more = [
      "cls.predictions.bias",
      "cls.seq_relationship.weight",
      "lm_head.dense.weight",
      "vocab_projector.bias",
      `${name}.embeddings.position_ids`,
    ];
    const all = (tensors: Tensors) => ({ ...tensors, ...Object.fromEntries(more.map((tensor) => [tensor, one])) });
    expect(valuesOf(load(name, all))).toEqual(plain());
  });
});

test("the tensors of a task's head are not the backbone's", () => {
  for (const name of ["bert", "roberta", "distilbert"] as const)
    expect(Object.keys(load(name, (tensors) => tensors)).filter((ours) => ours.startsWith("classifier"))).toEqual([]);
});

test("RoBERTa's unused pooler is left out", () => {
  const pooler = { "roberta.pooler.dense.weight": one, "roberta.pooler.dense.bias": one };
  expect(Object.keys(load("roberta", (tensors) => ({ ...tensors, ...pooler })))).not.toContain("pooler.weight");
});

test("a BERT without a pooler loads without one, and one with half a pooler is refused", () => {
  const config = readConfig(fixture("bert-without-pooler"), family.config);
  const params = loadWeights(fixture("bert-without-pooler"), family, config);
  const model = family.build("bare", config, params);
  expect(model.readoutSites).toEqual([]);
  expect(Object.keys(params)).not.toContain("pooler.weight");
  expect(() => load("bert", (tensors) => without(tensors, /pooler\.dense\.bias/))).toThrow(
    /missing.*bert\.pooler\.dense\.bias/,
  );
});

test("missing and surplus tensors are refused by name", () => {
  const key = "bert.encoder.layer.1.attention.self.key.bias";
  expect(() => load("bert", (tensors) => without(tensors, new RegExp(key)))).toThrow(new RegExp(`missing.*${key}`));
  expect(() => load("bert", (tensors) => ({ ...tensors, surprise: one }))).toThrow(/extra.*surprise/);
  expect(() => load("bert", () => ({ surprise: one }))).toThrow("bert.embeddings.word_embeddings.weight");
});

test("a bare encoder's states are those of transformers' model without a pooler", async () => {
  const { readReference, passOf, realOnly, expectClose } = await import("./reference.js");
  const { bare, rows, expected } = readReference("bert-without-pooler");
  const inputs = bare.pad(rows);
  const pass = passOf(bare, [bare.lastBlock]);
  bare.forward(inputs, pass);
  const stored = tf.tensor(expected.read("last_hidden_state"), [...expected.info("last_hidden_state").shape]);
  const reference = realOnly(stored, inputs).dataSync() as Float32Array;
  await expectClose(realOnly(pass.recorded.get(bare.lastBlock)!.hidden, inputs), reference, "last state");
  bare.dispose();
});
