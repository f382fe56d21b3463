import { expect, test } from "vitest";
import family, { inverseFrequencies, type LlamaConfig } from "../src/index.js";

const llama = {
  model_type: "llama",
  vocab_size: 32_000,
  hidden_size: 4096,
  intermediate_size: 11_008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
};
const parse = (fields: object): LlamaConfig => family.config.parse({ ...llama, ...fields });
const problems = (fields: object): string[] => {
  const { error } = family.config.safeParse({ ...llama, ...fields });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
};

test("fields that are lacking are those of transformers, by model", () => {
  expect(parse({})).toMatchObject({
    ...{ keyValueHeads: 32, headWidth: 128, maxPositions: 2048, normEpsilon: 1e-6, tiedHead: false },
    ...{ rope: { kind: "default", theta: 10_000 }, bosId: 1, eosId: 2, padId: 2, slidingWindow: null },
  });
  expect(parse({ model_type: "mistral" })).toMatchObject({
    keyValueHeads: 8,
    maxPositions: 131_072,
    slidingWindow: 4096,
  });
  expect(parse({ model_type: "mistral", sliding_window: null }).slidingWindow).toBeNull();
  expect(parse({ model_type: "qwen2", eos_token_id: 7 })).toMatchObject({
    ...{ keyValueHeads: 32, headWidth: 128, maxPositions: 32_768, bosId: null },
    ...{ queryKeyValueBias: true, outputBias: false, queryKeyNorm: false, slidingWindow: null },
  });
  expect(
    parse({ model_type: "qwen3", hidden_size: 1024, num_attention_heads: 16, num_key_value_heads: 8, eos_token_id: 7 }),
  ).toMatchObject({ headWidth: 128, queryKeyNorm: true, queryKeyValueBias: false });
});

test("Qwen's window counts only where some layer has it, which is refused", () => {
  const qwen = { model_type: "qwen2", eos_token_id: 7, sliding_window: 64 };
  expect(problems(qwen)).toEqual([]);
  expect(problems({ ...qwen, use_sliding_window: true, max_window_layers: 32 })).toEqual([]);
  expect(problems({ ...qwen, use_sliding_window: true, layer_types: ["full_attention"] })).toEqual([]);
  const refused = "use_sliding_window: expected false or no layer that has the window, got layers that have it";
  expect(problems({ ...qwen, use_sliding_window: true })).toEqual([refused]);
  expect(problems({ ...qwen, use_sliding_window: true, layer_types: ["sliding_attention"] })).toEqual([refused]);
});

test("biases are where the fields say so", () => {
  expect(parse({ attention_bias: true, mlp_bias: true })).toMatchObject({
    ...{ queryKeyValueBias: true, outputBias: true, feedForwardBias: true },
  });
  const mistral = parse({ model_type: "mistral", attention_bias: true, mlp_bias: true }); // has no such fields
  expect(mistral).toMatchObject({ queryKeyValueBias: false, outputBias: false, feedForwardBias: false });
});

test("of several ends of sequence the last counts, which pads where nothing else does", () => {
  expect(parse({ eos_token_id: [128_001, 128_008, 128_009] })).toMatchObject({ eosId: 128_009, padId: 128_009 });
  expect(parse({ pad_token_id: -1 }).padId).toBe(2);
  expect(parse({ pad_token_id: 0 }).padId).toBe(0);
  expect(problems({ model_type: "qwen2" })).toEqual(["eos_token_id: expected the id of the end of sequence, got none"]);
});

test.each([
  [{ rope_theta: 5e5 }, { kind: "default", theta: 5e5 }],
  [{ rope_scaling: { type: "linear", factor: 4 } }, { kind: "linear", theta: 10_000, factor: 4 }],
  [{ rope_parameters: { rope_type: "linear", factor: 4, rope_theta: 7 } }, { kind: "linear", theta: 7, factor: 4 }],
  [
    { rope_scaling: { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 }, rope_theta: 5e5 },
    { kind: "llama3", theta: 5e5, factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 2048 },
  ],
])("rotation: %j", (fields, rope) => {
  expect(parse(fields).rope).toEqual(rope);
});

test.each([
  [
    { rope_scaling: { type: "yarn", factor: 4 } },
    'rope_scaling.type: expected one of default, linear, llama3, got "yarn"',
  ],
  [
    { rope_parameters: { rope_type: "dynamic" } },
    'rope_parameters.rope_type: expected one of default, linear, llama3, got "dynamic"',
  ],
  [{ rope_scaling: { type: "linear" } }, "rope_scaling.factor: expected a number with linear, got none"],
  [
    { rope_parameters: { rope_type: "llama3", factor: 2 } },
    "rope_parameters.low_freq_factor: expected a number with llama3, got none",
  ],
  [
    { rope_scaling: { type: "llama3", factor: 2, low_freq_factor: 4, high_freq_factor: 1 } },
    "rope_scaling.high_freq_factor: expected a number above 4 (low_freq_factor), got 1",
  ],
  [{ partial_rotary_factor: 0.5 }, "partial_rotary_factor: expected 1 (all channels of a head are turned)"],
  [{ hidden_act: "gelu" }, "hidden_act: expected silu"],
  [
    { quantization_config: { bits: 4 } },
    "quantization_config: expected none, or quant_method bitsandbytes with load_in_4bit and bnb_4bit_quant_type nf4; other quantized weights are not read: take the checkpoint before quantization",
  ],
  [{ num_key_value_heads: 5 }, "num_key_value_heads: expected a divisor of 32 (num_attention_heads), got 5"],
  [{ head_dim: 5 }, "head_dim: expected an even number of channels for the rotary embedding, got 5"],
  [
    { num_attention_heads: 3 },
    `head_dim: expected an even number of channels for the rotary embedding, got ${4096 / 3}`,
  ],
])("%j is refused in one line", (fields, message) => {
  expect(problems(fields)).toEqual([message]);
});

test("a geometry that no machine could hold is refused, field by field", () => {
  const counts = ["num_key_value_heads", "head_dim", "max_position_embeddings", "max_window_layers"];
  for (const field of [...Object.keys(llama).slice(1), ...counts.slice(0, 3)])
    for (const value of [1e9, Number.MAX_SAFE_INTEGER]) expect(problems({ [field]: value }), field).not.toEqual([]);
  const largest = { hidden_size: 16_384, intermediate_size: 53_248, num_hidden_layers: 126, num_attention_heads: 128 };
  expect(problems({ ...largest, num_key_value_heads: 8, vocab_size: 128_256 })).toEqual([]); // Llama 3.1 405B
});

test("frequencies fall geometrically; Llama 3's low ones are divided, its high ones kept", () => {
  const plain = inverseFrequencies({ kind: "default", theta: 10_000 }, 8);
  for (const [pair, frequency] of plain.entries()) expect(frequency).toBeCloseTo(10 ** -pair, 7);
  expect(inverseFrequencies({ kind: "linear", theta: 10_000, factor: 4 }, 8)[0]).toBe(0.25);
  const llama3 = { kind: "llama3", theta: 500_000, factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4 } as const;
  const scaled = inverseFrequencies({ ...llama3, originalPositions: 8192 }, 128);
  const unscaled = inverseFrequencies({ kind: "default", theta: 500_000 }, 128);
  for (const [pair, frequency] of scaled.entries()) {
    const wavelength = (2 * Math.PI) / unscaled[pair]!;
    const ratio = frequency / unscaled[pair]!;
    if (wavelength < 2048) expect(ratio).toBe(1);
    else if (wavelength > 8192) expect(ratio).toBeCloseTo(1 / 8, 7);
    else {
      const kept = (8192 / wavelength - 1) / 3;
      expect(ratio).toBeCloseTo((1 - kept) / 8 + kept, 5);
    }
  }
});
