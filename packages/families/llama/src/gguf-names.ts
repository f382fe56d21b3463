import type { GgufNaming } from "@petl/checkpoint";
import type { LlamaConfig } from "./config.js";
import { ggufDescription } from "./gguf-description.js";
import { huggingFaceName } from "./hugging-face-names.js";

/** Architectures of llama.cpp whose models these are; Mistral's files say `llama`. */
const architectures = ["llama", "qwen2", "qwen3"];

/** Modules of a block by llama.cpp's name. https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py */
const modules: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_output: "self_attn.o_proj",
  attn_q_norm: "self_attn.q_norm",
  attn_k_norm: "self_attn.k_norm",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
};

const ofModel: Readonly<Record<string, string>> = {
  token_embd: "model.embed_tokens",
  output_norm: "model.norm",
  output: "lm_head",
};

/**
 * Names of GGUF files as Hugging Face has them, for example `blk.3.attn_q.weight` -> `model.layers.3.self_attn.q_proj.weight`.
 *
 * In files of the architecture `llama` the rows of each head's queries and keys are in another order: channels `i` and
 * `i + headWidth / 2`, which turn together, stand side by side.
 */
export function ggufNaming(config: LlamaConfig): GgufNaming {
  const { headWidth } = config;
  const half = headWidth / 2;
  const storedRow = (row: number): number => {
    const channel = row % headWidth;
    return row - channel + 2 * (channel % half) + Math.floor(channel / half);
  };
  return {
    architectures,
    tensor(stored, architecture) {
      if (stored === "rope_freqs.weight") return null; // what config.json says of the frequencies
      const [, layer, part = "", kind] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(stored) ?? [];
      const known = layer === undefined ? ofModel : modules;
      if (kind === undefined || !Object.hasOwn(known, part)) return { name: stored };
      const name = `${layer === undefined ? "" : `model.layers.${layer}.`}${known[part]}.${kind}`;
      const isTurned = architecture === "llama" && (part === "attn_q" || part === "attn_k");
      return isTurned ? { name, storedRow } : { name };
    },
    ...ggufWriting(config),
  };
}

/** How models of a geometry are written; nothing for frequencies that llama.cpp has no place for. */
function ggufWriting(config: LlamaConfig): Pick<GgufNaming, "written"> {
  const described = ggufDescription(config);
  return described === null ? {} : { written: { ...described, storedName } };
}

/** The file's name of one of our tensors. */
function storedName(ours: string): string | null {
  const name = huggingFaceName(ours);
  const [, layer, module = "", kind] = /^(?:model\.layers\.(\d+)\.)?([\w.]+)\.(weight|bias)$/.exec(name) ?? [];
  const known = Object.entries(layer === undefined ? ofModel : modules);
  const part = known.find(([, theirs]) => theirs === module)?.[0];
  return part === undefined ? null : `${layer === undefined ? "" : `blk.${layer}.`}${part}.${kind}`;
}
