import type { StoredTensors } from "@petl/backbone";
import type { LlamaConfig } from "./config.js";
import { closingNorm, llamaShapes, lmHead, tokenTable } from "./sites.js";

/**
 * The name a Hugging Face checkpoint gives one of our tensors, for example
 * `decoder.3.attention.query.weight` -> `model.layers.3.self_attn.q_proj.weight`. `prefix` is `model.`, or none where a file holds
 * the model without a head.
 */
export function huggingFaceName(param: string, prefix = "model."): string {
  if (param === tokenTable) return `${prefix}embed_tokens.weight`;
  if (param === `${closingNorm}.weight`) return `${prefix}norm.weight`;
  if (param === `${lmHead}.weight`) return "lm_head.weight";
  const [, layer, sublayer, part, kind] = param.split(".") as [string, string, string, string, string];
  if (layer === undefined || sublayer === undefined) return param; // a task's head
  const block = `${prefix}layers.${layer}`;
  if (part === "norm") return `${block}.${sublayer === "attention" ? "input" : "post_attention"}_layernorm.${kind}`;
  return `${block}.${modules[`${sublayer}.${part}`]}.${kind}`;
}

const modules: Readonly<Record<string, string>> = {
  "attention.query": "self_attn.q_proj",
  "attention.key": "self_attn.k_proj",
  "attention.value": "self_attn.v_proj",
  "attention.output": "self_attn.o_proj",
  "attention.queryNorm": "self_attn.q_norm",
  "attention.keyNorm": "self_attn.k_norm",
  "feedforward.gate": "mlp.gate_proj",
  "feedforward.input": "mlp.up_proj",
  "feedforward.output": "mlp.down_proj",
};

/**
 * What a file with tensors of these names calls ours. A file of the model alone, or with a classification head, has no LM head: the
 * model then answers through a task's head only.
 */
export function storedTensors(config: LlamaConfig, found: ReadonlySet<string>): StoredTensors {
  const prefix = found.has("embed_tokens.weight") ? "" : "model.";
  const writesText = found.has("lm_head.weight") || (prefix !== "" && !found.has("score.weight"));
  const names = [...llamaShapes(config).keys()]
    .filter((param) => writesText || param !== `${lmHead}.weight`)
    .map((param) => [param, huggingFaceName(param, prefix)] as const);
  return {
    names: new Map(names),
    ignore: [/\.rotary_emb\.inv_freq$/, "score.weight"], // another task's head
    tied: config.tiedHead ? [["lm_head.weight", huggingFaceName(tokenTable, prefix)]] : [],
  };
}
