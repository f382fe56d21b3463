import type { T5Config } from "./config.js";
import { sharedEmbedding, t5Sites } from "./sites.js";

/**
 * The name a Hugging Face T5 checkpoint gives each of our tensors, for example
 * `encoder.3.attention.query.weight` -> `encoder.block.3.layer.0.SelfAttention.q.weight`.
 */
export function huggingFaceNames(config: T5Config): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { params } of t5Sites(config))
    for (const param of params) names.set(param, huggingFaceName(param, config));
  return names;
}

const projections: Readonly<Record<string, string>> = { query: "q", key: "k", value: "v", output: "o" };

function huggingFaceName(param: string, config: T5Config): string {
  if (param === sharedEmbedding) return param;
  if (param === "lmHead.weight") return "lm_head.weight";
  const [stack, layer, sublayer, part] = param.split(".") as [string, string, string, string];
  if (layer === "norm") return `${stack}.final_layer_norm.weight`;
  if (layer === "relativeBias") return `${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
  const position = { attention: 0, crossAttention: 1, feedforward: stack === "encoder" ? 1 : 2 }[sublayer];
  const prefix = `${stack}.block.${layer}.layer.${position}`;
  if (part === "norm") return `${prefix}.layer_norm.weight`;
  if (sublayer === "attention") return `${prefix}.SelfAttention.${projections[part]}.weight`;
  if (sublayer === "crossAttention") return `${prefix}.EncDecAttention.${projections[part]}.weight`;
  const gated = config.activation === "gated-gelu";
  const dense = { gate: "wi_0", input: gated ? "wi_1" : "wi", output: "wo" }[part];
  return `${prefix}.DenseReluDense.${dense}.weight`;
}

/** Tensors that the original T5 files hold and no T5 computes with. */
export const unusedTensors = ["decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"] as const;

/** Names under which files repeat the embedding table; accepted where the values are equal. */
export function tiedNames({ tiedHead }: T5Config): readonly string[] {
  const embeddings = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"];
  return tiedHead ? [...embeddings, "lm_head.weight"] : embeddings;
}
