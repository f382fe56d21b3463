import { quantisationField } from "@petl/checkpoint";
import { z } from "zod";

/** An architecture of this family, as `model_type` in `config.json` names it. */
export type Architecture = "bert" | "roberta" | "distilbert";

/**
 * Geometry of an encoder, in the field's words.
 *
 * BERT: Devlin et al. 2019, https://arxiv.org/abs/1810.04805. RoBERTa: Liu et al. 2019, https://arxiv.org/abs/1907.11692.
 * DistilBERT: Sanh et al. 2019, https://arxiv.org/abs/1910.01108
 */
export interface BertConfig {
  readonly architecture: Architecture;
  readonly vocabularySize: number;
  /** Width of the residual stream. */
  readonly modelWidth: number;
  /** A divisor of the width. */
  readonly heads: number;
  /** Width of the feed-forward intermediate. */
  readonly feedForwardWidth: number;
  readonly layers: number;
  /** Rows of the table of positions. */
  readonly positions: number;
  /** Rows of the table of token types; 0: there is none (DistilBERT). */
  readonly tokenTypes: number;
  /** `gelu`: the exact one; `gelu-tanh`: its tanh approximation. */
  readonly activation: "gelu" | "gelu-tanh" | "relu";
  readonly normEpsilon: number;
  /** Standard deviation of freshly drawn weights. */
  readonly initializerRange: number;
  readonly padId: number;
}

/** The row of the table of positions that a text's first token takes: RoBERTa counts from behind the padding's id. */
export function firstPosition({ architecture, padId }: Pick<BertConfig, "architecture" | "padId">): number {
  return architecture === "roberta" ? padId + 1 : 0;
}

/** Most tokens of a text, a prompt before it included. */
export const mostTokens = (config: Pick<BertConfig, "architecture" | "padId" | "positions">): number =>
  config.positions - firstPosition(config);

/** By the name that transformers gives an activation; several names stand for one function. */
const activations = {
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_new: "gelu-tanh",
  gelu_pytorch_tanh: "gelu-tanh",
  relu: "relu",
} as const;
type ActivationName = keyof typeof activations;

const shown = (value: unknown): string => JSON.stringify(value) ?? "none";

/** A field of which one value only is supported. */
const only = <Value extends boolean | string>(supported: Value) =>
  z
    .literal(supported, { error: ({ input }) => `expected ${shown(supported)}, got ${shown(input)}` })
    .nullish()
    .transform(() => supported);

/** A whole number from 1 to far above any published encoder; more is damage, and would only exhaust the machine. */
const upTo = (most: number) => z.number().int().positive().max(most);
/** XLM-RoBERTa XXL, the deepest relative, has 48. */
const layers = upTo(1000);
const heads = upTo(10_000);
/** BERT-large's widest, its feed-forward, is 4,096. */
const width = upTo(1_000_000);

const activation = z
  .enum(Object.keys(activations) as [ActivationName, ...ActivationName[]], {
    error: ({ input }) => `expected one of ${Object.keys(activations).join(", ")}, got ${shown(input)}`,
  })
  .default("gelu");

const common = {
  vocab_size: upTo(10_000_000),
  initializer_range: z.number().nonnegative().default(0.02),
  quantization_config: quantisationField,
};

const bertFields = {
  ...common,
  hidden_size: width,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  intermediate_size: width,
  hidden_act: activation,
  max_position_embeddings: upTo(1_000_000).default(512),
  type_vocab_size: upTo(10_000).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  position_embedding_type: only("absolute"),
  is_decoder: only(false),
  add_cross_attention: only(false),
};

const bert = z.object({
  model_type: z.literal("bert"),
  ...bertFields,
  pad_token_id: z.number().int().default(0),
});
const roberta = z.object({
  model_type: z.literal("roberta"),
  ...bertFields,
  pad_token_id: z.number().int().nonnegative().max(10_000_000).default(1),
});
const distilbert = z.object({
  model_type: z.literal("distilbert"),
  ...common,
  dim: width,
  n_layers: layers,
  n_heads: heads,
  hidden_dim: width,
  activation,
  max_position_embeddings: upTo(1_000_000).default(512),
  pad_token_id: z.number().int().default(0),
});

type Fields = z.infer<typeof bert> | z.infer<typeof roberta> | z.infer<typeof distilbert>;

/** The fields of a Hugging Face `config.json` of a BERT, RoBERTa or DistilBERT that matter here, with transformers 5.24's defaults. */
export const huggingFaceConfig = z
  .discriminatedUnion("model_type", [bert, roberta, distilbert])
  .superRefine((fields, context) => {
    const { modelWidth, heads, positions, ...config } = configOf(fields);
    const isDistilled = fields.model_type === "distilbert";
    if (modelWidth % heads !== 0) {
      const [field, divided] = isDistilled ? ["n_heads", "dim"] : ["num_attention_heads", "hidden_size"];
      const message = `expected a divisor of ${divided} ${modelWidth}, got ${heads}`;
      context.addIssue({ code: "custom", path: [field], message });
    }
    const first = firstPosition(config);
    if (positions <= first) {
      const message = `expected more rows than ${first}, where this model's positions start, got ${positions}`;
      context.addIssue({ code: "custom", path: ["max_position_embeddings"], message });
    }
  })
  .transform(configOf);

function configOf(fields: Fields): BertConfig {
  const shared = {
    architecture: fields.model_type,
    vocabularySize: fields.vocab_size,
    positions: fields.max_position_embeddings,
    initializerRange: fields.initializer_range,
    padId: fields.pad_token_id,
  };
  if (fields.model_type === "distilbert") {
    return {
      ...shared,
      modelWidth: fields.dim,
      heads: fields.n_heads,
      feedForwardWidth: fields.hidden_dim,
      layers: fields.n_layers,
      tokenTypes: 0,
      activation: activations[fields.activation],
      normEpsilon: 1e-12,
    };
  }
  return {
    ...shared,
    modelWidth: fields.hidden_size,
    heads: fields.num_attention_heads,
    feedForwardWidth: fields.intermediate_size,
    layers: fields.num_hidden_layers,
    tokenTypes: fields.type_vocab_size,
    activation: activations[fields.hidden_act],
    normEpsilon: fields.layer_norm_eps,
  };
}
