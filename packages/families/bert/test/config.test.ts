import { readConfig } from "@petl/checkpoint";
import { describe, expect, test } from "vitest";
import family, { geometries } from "../src/index.js";
import { fixture } from "./reference.js";

const bertBase = {
  model_type: "bert",
  vocab_size: 30_522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
};
const robertaBase = {
  ...bertBase,
  model_type: "roberta",
  vocab_size: 50_265,
  max_position_embeddings: 514,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
};
const distilbertBase = {
  model_type: "distilbert",
  vocab_size: 30_522,
  dim: 768,
  n_layers: 6,
  n_heads: 12,
  hidden_dim: 3072,
};

/** What is wrong with fields of a BERT: `field: message`. */
const faults = (change: Readonly<Record<string, unknown>>, base: object = bertBase): string[] => {
  const { error } = family.config.safeParse({ ...base, ...change });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
};

test("the fields of the published checkpoints give the published geometries, with transformers' defaults", () => {
  expect(family.config.parse(bertBase)).toEqual(geometries["bert-base"]);
  expect(family.config.parse(robertaBase)).toEqual(geometries["roberta-base"]);
  expect(family.config.parse(distilbertBase)).toEqual(geometries["distilbert-base"]);
});

test("a geometry's fields read back to the same geometry", () => {
  for (const [name, config] of Object.entries({ ...geometries, test: family.testConfig }))
    expect(family.config.parse({ ...family.configFields(config) }), name).toEqual(config);
  const tanh = { ...family.testConfig, activation: "gelu-tanh" } as const;
  expect(family.config.parse({ ...family.configFields(tanh) })).toEqual(tanh);
});

test.each(["bert", "roberta", "distilbert"])("what transformers saved of a %s is read", (name) => {
  expect(readConfig(fixture(name), family.config)).toMatchObject({ architecture: name, modelWidth: 32, layers: 2 });
});

test.each([
  ["gelu", "gelu"],
  ["gelu_new", "gelu-tanh"],
  ["gelu_pytorch_tanh", "gelu-tanh"],
  ["relu", "relu"],
])("the activation %s is %s", (theirs, ours) => {
  expect(family.config.parse({ ...bertBase, hidden_act: theirs }).activation).toBe(ours);
  expect(family.config.parse({ ...distilbertBase, activation: theirs }).activation).toBe(ours);
});

describe("what is not supported is refused in one line that names what is", () => {
  test.each([
    [
      { hidden_act: "silu" },
      'hidden_act: expected one of gelu, gelu_python, gelu_new, gelu_pytorch_tanh, relu, got "silu"',
    ],
    [{ position_embedding_type: "relative_key" }, 'position_embedding_type: expected "absolute", got "relative_key"'],
    [{ is_decoder: true }, "is_decoder: expected false, got true"],
    [{ add_cross_attention: true }, "add_cross_attention: expected false, got true"],
    [
      { quantization_config: {} },
      "quantization_config: expected none, or quant_method bitsandbytes with load_in_4bit and bnb_4bit_quant_type nf4; other quantized weights are not read: take the checkpoint before quantization",
    ],
    [{ num_attention_heads: 7 }, "num_attention_heads: expected a divisor of hidden_size 768, got 7"],
  ])("%j", (change, message) => {
    expect(faults(change)).toEqual([message]);
  });

  test("RoBERTa's positions need rows behind the padding's", () => {
    expect(faults({ max_position_embeddings: 2 }, robertaBase)).toEqual([
      "max_position_embeddings: expected more rows than 2, where this model's positions start, got 2",
    ]);
  });

  test("DistilBERT's fields have its own names", () => {
    expect(faults({ n_heads: 5 }, distilbertBase)).toEqual(["n_heads: expected a divisor of dim 768, got 5"]);
  });
});

test("a geometry that no machine could hold is refused, field by field", () => {
  for (const base of [{ ...bertBase, max_position_embeddings: 1, type_vocab_size: 1 }, distilbertBase])
    for (const field of Object.keys(base).filter((name) => name !== "model_type"))
      for (const value of [1e7 + 1, 1e9, Number.MAX_SAFE_INTEGER, 0, 1.5, "12"])
        expect(faults({ [field]: value }, base), `${field} ${value}`).not.toEqual([]);
});

test.each([
  ["bert-base", 109_482_240],
  ["bert-large", 335_141_888],
  ["roberta-base", 124_055_040],
  ["roberta-large", 354_310_144],
  ["distilbert-base", 66_362_880],
  ["distilroberta-base", 81_527_808],
  ["minilm-l6", 22_713_216],
  ["minilm-l12", 33_360_000],
])("%s has the %i parameters of its published encoder", (name, count) => {
  const sizes = [...family.shapes(geometries[name]!).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(count);
});

test("a tokenizer with more ids than the table has rows is refused, and so is a padding id beyond them", () => {
  const misfit = (vocabularySize: number, change = {}) =>
    family.misfit({ ...family.testConfig, ...change }, { vocabularySize } as Parameters<typeof family.misfit>[1]);
  expect(misfit(61)).toBeNull();
  expect(misfit(62)).toEqual(["a tokenizer of at most 61 ids (the rows of the embedding table)", "62"]);
  expect(misfit(61, { padId: 61 })).toEqual(["pad_token_id from 0 to 60 (the rows of the embedding table)", "61"]);
});
