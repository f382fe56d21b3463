import { quantisationField } from "@petl/checkpoint";
import { z } from "zod";

/** Geometry of a T5, in the field's words. Raffel et al. 2020, https://arxiv.org/abs/1910.10683 */
export interface T5Config {
  readonly vocabularySize: number;
  /** Width of the residual stream. */
  readonly modelWidth: number;
  /** Channels of one attention head. */
  readonly headWidth: number;
  readonly heads: number;
  /** Width of the feed-forward intermediate. */
  readonly feedForwardWidth: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly relativeBuckets: number;
  readonly relativeMaxDistance: number;
  /** `relu`: T5 v1.0; `gated-gelu`: v1.1. */
  readonly activation: "relu" | "gated-gelu";
  /** Whether the LM head is the embedding table (v1.0). */
  readonly tiedHead: boolean;
  readonly normEpsilon: number;
  readonly padId: number;
  readonly eosId: number;
  readonly decoderStartId: number;
}

/** A whole number from 1 to far above any published T5; more is damage, and would only exhaust the machine. */
const upTo = (most: number) => z.number().int().positive().max(most);
/** T5 11B has 24, the deepest published T5 64. */
const layers = upTo(1000);
/** T5 11B's widest, its feed-forward, is 65,536. */
const width = upTo(1_000_000);

/** The fields of a Hugging Face T5 `config.json` that matter here, with that library's defaults. */
export const huggingFaceConfig = z
  .object({
    model_type: z.literal("t5").default("t5"),
    quantization_config: quantisationField,
    vocab_size: upTo(10_000_000),
    d_model: width,
    d_kv: upTo(10_000),
    d_ff: width,
    num_layers: layers,
    num_decoder_layers: layers.nullish(),
    num_heads: upTo(10_000),
    relative_attention_num_buckets: upTo(10_000).default(32),
    relative_attention_max_distance: upTo(1_000_000).default(128),
    layer_norm_epsilon: z.number().positive().default(1e-6),
    feed_forward_proj: z.enum(["relu", "gated-gelu"]).default("relu"),
    tie_word_embeddings: z.boolean().default(true),
    pad_token_id: z.number().int().default(0),
    eos_token_id: z.number().int().default(1),
    decoder_start_token_id: z.number().int().default(0),
  })
  .transform(
    (fields): T5Config => ({
      vocabularySize: fields.vocab_size,
      modelWidth: fields.d_model,
      headWidth: fields.d_kv,
      heads: fields.num_heads,
      feedForwardWidth: fields.d_ff,
      encoderLayers: fields.num_layers,
      decoderLayers: fields.num_decoder_layers ?? fields.num_layers,
      relativeBuckets: fields.relative_attention_num_buckets,
      relativeMaxDistance: fields.relative_attention_max_distance,
      activation: fields.feed_forward_proj,
      tiedHead: fields.tie_word_embeddings,
      normEpsilon: fields.layer_norm_epsilon,
      padId: fields.pad_token_id,
      eosId: fields.eos_token_id,
      decoderStartId: fields.decoder_start_token_id,
    }),
  );

const common = {
  relativeBuckets: 32,
  relativeMaxDistance: 128,
  activation: "relu",
  tiedHead: true,
  normEpsilon: 1e-6,
  padId: 0,
  eosId: 1,
  decoderStartId: 0,
} as const;

const geometry = (
  modelWidth: number,
  feedForwardWidth: number,
  layers: number,
  heads: number,
  headWidth = 64,
): T5Config => ({
  ...common,
  vocabularySize: 32_128,
  modelWidth,
  headWidth,
  heads,
  feedForwardWidth,
  encoderLayers: layers,
  decoderLayers: layers,
});

/** Published geometries of T5 v1.0 (Raffel et al. 2020, section 3.7), and the tiny one of tests and smoke runs. */
export const geometries: Readonly<Record<string, T5Config>> = {
  "t5-tiny": { ...geometry(64, 256, 2, 4, 16), vocabularySize: 4096 },
  "t5-small": geometry(512, 2048, 6, 8),
  "t5-base": geometry(768, 3072, 12, 12),
  "t5-large": geometry(1024, 4096, 24, 16),
  "t5-3b": geometry(1024, 16_384, 24, 32, 128),
  "t5-11b": geometry(1024, 65_536, 24, 128, 128),
};

/** Encoder and decoder differ in depth, so that a mix-up shows. */
export const testConfig: T5Config = {
  ...common,
  vocabularySize: 61,
  modelWidth: 32,
  headWidth: 8,
  heads: 4,
  feedForwardWidth: 48,
  encoderLayers: 2,
  decoderLayers: 3,
  relativeBuckets: 8,
  relativeMaxDistance: 20,
};

/** The fields of `config.json` for a geometry. */
export function huggingFaceFields(config: T5Config): Readonly<Record<string, unknown>> {
  return {
    architectures: ["T5ForConditionalGeneration"],
    model_type: "t5",
    vocab_size: config.vocabularySize,
    d_model: config.modelWidth,
    d_kv: config.headWidth,
    d_ff: config.feedForwardWidth,
    num_layers: config.encoderLayers,
    num_decoder_layers: config.decoderLayers,
    num_heads: config.heads,
    relative_attention_num_buckets: config.relativeBuckets,
    relative_attention_max_distance: config.relativeMaxDistance,
    layer_norm_epsilon: config.normEpsilon,
    feed_forward_proj: config.activation,
    tie_word_embeddings: config.tiedHead,
    pad_token_id: config.padId,
    eos_token_id: config.eosId,
    decoder_start_token_id: config.decoderStartId,
  };
}
