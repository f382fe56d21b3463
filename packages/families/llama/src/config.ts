import { quantisationField } from "@petl/checkpoint";
import { z } from "zod";
import { type Rope, ropeFields, ropeOf, ropeParameters } from "./rope.js";

export const modelTypes = ["llama", "mistral", "qwen2", "qwen3"] as const;
export type ModelType = (typeof modelTypes)[number];

/** Geometry of a Llama or of a model built like one, in the field's words. Touvron et al. 2023, https://arxiv.org/abs/2307.09288 */
export interface LlamaConfig {
  readonly modelType: ModelType;
  readonly vocabularySize: number;
  /** Width of the residual stream. */
  readonly modelWidth: number;
  /** Width of the feed-forward intermediate. */
  readonly feedForwardWidth: number;
  readonly layers: number;
  /** Heads of the queries. */
  readonly heads: number;
  /** Heads of the keys and values, a divisor of `heads`: each serves `heads / keyValueHeads` heads of the queries in a row. */
  readonly keyValueHeads: number;
  /** Channels of one attention head; even. */
  readonly headWidth: number;
  readonly rope: Rope;
  /** The longest sequence the model was made for, in tokens. */
  readonly maxPositions: number;
  /** How many tokens a token sees, itself included (Mistral 7B v0.1); null: all before it. */
  readonly slidingWindow: number | null;
  readonly queryKeyValueBias: boolean;
  /** Of attention's output. */
  readonly outputBias: boolean;
  readonly feedForwardBias: boolean;
  /** Whether queries and keys are normed head by head before they are turned (Qwen3). */
  readonly queryKeyNorm: boolean;
  /** Whether the LM head is the embedding table. */
  readonly tiedHead: boolean;
  readonly normEpsilon: number;
  /** Standard deviation of random weights. */
  readonly initialDeviation: number;
  /** Its embedding is computed and never read. */
  readonly padId: number;
  readonly bosId: number | null;
  readonly eosId: number;
}

/** What transformers 5.24 takes for a field that `config.json` lacks. */
interface Defaults {
  /** null: as many as the queries'. */
  readonly keyValueHeads: number | null;
  /** null: the model's width over its heads. */
  readonly headWidth: number | null;
  readonly maxPositions: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
}

const llama = { keyValueHeads: null, headWidth: null, maxPositions: 2048, bosId: 1, eosId: 2 };
const qwen2 = { keyValueHeads: 32, headWidth: null, maxPositions: 32_768, bosId: null, eosId: null };
const defaults: Readonly<Record<ModelType, Defaults>> = {
  llama,
  mistral: { ...llama, keyValueHeads: 8, maxPositions: 131_072 },
  qwen2,
  qwen3: { ...qwen2, headWidth: 128 },
};

/** A whole number from 1 to far above any published model; more is damage, and would only exhaust the machine. */
const upTo = (most: number) => z.number().int().positive().max(most);
/** Llama 3.1 405B's widest, its feed-forward, is 53,248. */
const width = upTo(1_000_000);
const positions = upTo(100_000_000);
const id = z.number().int();
const ids = z.union([id, z.array(id).nonempty()]).nullish();

const fieldsSchema = z.object({
  model_type: z.enum(modelTypes),
  vocab_size: upTo(10_000_000),
  hidden_size: width,
  intermediate_size: width,
  num_hidden_layers: upTo(1000),
  num_attention_heads: upTo(10_000),
  num_key_value_heads: upTo(10_000).nullish(),
  head_dim: upTo(10_000).nullish(),
  hidden_act: z.literal("silu", "expected silu").default("silu"),
  max_position_embeddings: positions.nullish(),
  initializer_range: z.number().positive().max(1).default(0.02),
  rms_norm_eps: z.number().positive().default(1e-6),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeFields,
  rope_parameters: ropeFields,
  original_max_position_embeddings: positions.nullish(),
  partial_rotary_factor: z.literal(1, "expected 1 (all channels of a head are turned)").nullish(),
  use_sliding_window: z.boolean().default(false),
  sliding_window: positions.nullish(),
  max_window_layers: z.number().int().nonnegative().default(28),
  layer_types: z.array(z.enum(["full_attention", "sliding_attention"])).nullish(),
  quantization_config: quantisationField,
  pad_token_id: id.nullish(),
  bos_token_id: ids,
  eos_token_id: ids,
});
type Fields = z.output<typeof fieldsSchema>;

/** The fields of a Hugging Face `config.json` of these models that matter here, with the defaults of transformers 5.24. */
export const huggingFaceConfig = fieldsSchema.transform((fields, context): LlamaConfig => {
  const refuse = (path: string | string[], message: string): never => {
    context.addIssue({ code: "custom", path: [path].flat(), message });
    return z.NEVER;
  };
  const usual = defaults[fields.model_type];
  const { hidden_size: modelWidth, num_attention_heads: heads, model_type: modelType } = fields;
  const keyValueHeads =
    fields.num_key_value_heads === undefined ? (usual.keyValueHeads ?? heads) : (fields.num_key_value_heads ?? heads);
  if (heads % keyValueHeads !== 0)
    return refuse("num_key_value_heads", `expected a divisor of ${heads} (num_attention_heads), got ${keyValueHeads}`);
  const headWidth = fields.head_dim ?? usual.headWidth ?? modelWidth / heads;
  if (headWidth % 2 !== 0)
    return refuse("head_dim", `expected an even number of channels for the rotary embedding, got ${headWidth}`);
  const maxPositions = fields.max_position_embeddings ?? usual.maxPositions;
  const rope = ropeOf(
    fields.rope_scaling ?? fields.rope_parameters ?? {},
    fields.rope_theta ?? 10_000,
    fields.original_max_position_embeddings ?? maxPositions,
  );
  if ("lacking" in rope)
    return refuse([fields.rope_scaling == null ? "rope_parameters" : "rope_scaling", rope.lacking], rope.problem);
  if (isQwen(modelType) && hasWindow(fields))
    return refuse("use_sliding_window", "expected false or no layer that has the window, got layers that have it");
  const eosId = fields.eos_token_id === undefined ? usual.eosId : [fields.eos_token_id ?? []].flat().at(-1);
  if (eosId == null) return refuse("eos_token_id", "expected the id of the end of sequence, got none");
  return {
    modelType,
    vocabularySize: fields.vocab_size,
    modelWidth,
    feedForwardWidth: fields.intermediate_size,
    layers: fields.num_hidden_layers,
    ...{ heads, keyValueHeads, headWidth, rope, maxPositions },
    slidingWindow: modelType !== "mistral" ? null : fields.sliding_window === undefined ? 4096 : fields.sliding_window,
    queryKeyValueBias: modelType === "qwen2" || hasAttentionBias(fields),
    outputBias: hasAttentionBias(fields),
    feedForwardBias: modelType === "llama" && fields.mlp_bias,
    queryKeyNorm: modelType === "qwen3",
    tiedHead: fields.tie_word_embeddings,
    normEpsilon: fields.rms_norm_eps,
    initialDeviation: fields.initializer_range,
    padId: fields.pad_token_id == null || fields.pad_token_id === -1 ? eosId : fields.pad_token_id, // -1: none, in old files
    bosId: fields.bos_token_id === undefined ? usual.bosId : ([fields.bos_token_id ?? []].flat()[0] ?? null),
    eosId,
  };
});

const isQwen = (type: ModelType): boolean => type === "qwen2" || type === "qwen3";

const hasAttentionBias = ({ model_type, attention_bias }: Fields): boolean =>
  (model_type === "llama" || model_type === "qwen3") && attention_bias;

/** Whether some layer has the window that Qwen's files name: `use_sliding_window` and one of two fields say so. */
const hasWindow = ({ use_sliding_window, layer_types, max_window_layers, num_hidden_layers }: Fields): boolean =>
  use_sliding_window && (layer_types?.includes("sliding_attention") ?? num_hidden_layers > max_window_layers);

const architectures: Readonly<Record<ModelType, string>> = {
  llama: "LlamaForCausalLM",
  mistral: "MistralForCausalLM",
  qwen2: "Qwen2ForCausalLM",
  qwen3: "Qwen3ForCausalLM",
};

/** The fields of `config.json` for a geometry. */
export function huggingFaceFields(config: LlamaConfig): Readonly<Record<string, unknown>> {
  const { modelType } = config;
  return {
    architectures: [architectures[modelType]],
    model_type: modelType,
    vocab_size: config.vocabularySize,
    hidden_size: config.modelWidth,
    intermediate_size: config.feedForwardWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headWidth,
    hidden_act: "silu",
    max_position_embeddings: config.maxPositions,
    initializer_range: config.initialDeviation,
    rms_norm_eps: config.normEpsilon,
    tie_word_embeddings: config.tiedHead,
    rope_parameters: ropeParameters(config.rope),
    ...(modelType === "llama" && { attention_bias: config.outputBias, mlp_bias: config.feedForwardBias }),
    ...(modelType === "qwen3" && { attention_bias: config.outputBias }),
    ...(modelType === "mistral" && { sliding_window: config.slidingWindow }),
    pad_token_id: config.padId,
    bos_token_id: config.bosId,
    eos_token_id: config.eosId,
  };
}
