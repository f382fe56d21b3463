import type { HeadTask } from "@petl/backbone";
import type { BertConfig } from "./config.js";

const activationNames = { gelu: "gelu", "gelu-tanh": "gelu_pytorch_tanh", relu: "relu" } as const;
const classNames = { bert: "Bert", roberta: "Roberta", distilbert: "DistilBert" } as const;

/**
 * The fields of `config.json` for a geometry. With a head they are those of transformers' model for sequence classification, which
 * takes the number of outputs from `id2label` and the loss from `problem_type`.
 */
export function huggingFaceFields(config: BertConfig, task: HeadTask | null = null): Readonly<Record<string, unknown>> {
  return {
    architectures: [`${classNames[config.architecture]}${task === null ? "Model" : "ForSequenceClassification"}`],
    model_type: config.architecture,
    ...(config.architecture === "distilbert" ? distilled(config) : full(config)),
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.positions,
    initializer_range: config.initializerRange,
    pad_token_id: config.padId,
    ...(task !== null && answers(task)),
  };
}

function full(config: BertConfig): Readonly<Record<string, unknown>> {
  return {
    hidden_size: config.modelWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.feedForwardWidth,
    hidden_act: activationNames[config.activation],
    type_vocab_size: config.tokenTypes,
    layer_norm_eps: config.normEpsilon,
  };
}

function distilled(config: BertConfig): Readonly<Record<string, unknown>> {
  return {
    dim: config.modelWidth,
    n_layers: config.layers,
    n_heads: config.heads,
    hidden_dim: config.feedForwardWidth,
    activation: activationNames[config.activation],
  };
}

function answers({ kind, outputs }: HeadTask): Readonly<Record<string, unknown>> {
  const labels = Array.from({ length: outputs }, (_, index) => [String(index), `LABEL_${index}`] as const);
  return {
    problem_type: kind === "score" ? "regression" : "single_label_classification",
    id2label: Object.fromEntries(labels),
    label2id: Object.fromEntries(labels.map(([id, label]) => [label, Number(id)])),
  };
}
