import type { Architecture } from "./config.js";

/** How the tensors and heads of one architecture differ from those of the others; everything else they share. */
interface ArchitectureFacts {
  /** What the names of a whole model's tensors start with, before a dot; those of a bare encoder start behind it. */
  readonly prefix: string;
  /** What comes before a layer's number. */
  readonly layers: string;
  /** Modules of one layer, by the part of our name behind the layer's number. */
  readonly modules: Readonly<Record<string, string>>;
  /** Whether dropout follows the attention's output projection. */
  readonly dropsAttention: boolean;
  readonly head: {
    /** Module of the layer between the first token's state and the classifier. */
    readonly pooler: string;
    /** Whether it is part of the pre-trained encoder; otherwise a task draws its own. */
    readonly isPretrained: boolean;
    readonly activation: "tanh" | "relu";
    /** Whether the state goes through dropout before it. */
    readonly dropsState: boolean;
    readonly classifier: string;
  };
}

/** What RoBERTa has of BERT. */
const bertLayers = {
  layers: "encoder.layer",
  modules: {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.output": "attention.output.dense",
    "attention.norm": "attention.output.LayerNorm",
    "feedforward.input": "intermediate.dense",
    "feedforward.output": "output.dense",
    "feedforward.norm": "output.LayerNorm",
  },
  dropsAttention: true,
} as const;

/** As transformers 5.24 has them: `modeling_bert.py`, `modeling_roberta.py`, `modeling_distilbert.py`. */
export const architectures: Readonly<Record<Architecture, ArchitectureFacts>> = {
  bert: {
    prefix: "bert",
    ...bertLayers,
    head: {
      pooler: "bert.pooler.dense",
      isPretrained: true,
      activation: "tanh",
      dropsState: false,
      classifier: "classifier",
    },
  },
  roberta: {
    prefix: "roberta",
    ...bertLayers,
    head: {
      pooler: "classifier.dense",
      isPretrained: false,
      activation: "tanh",
      dropsState: true,
      classifier: "classifier.out_proj",
    },
  },
  distilbert: {
    prefix: "distilbert",
    layers: "transformer.layer",
    modules: {
      "attention.query": "attention.q_lin",
      "attention.key": "attention.k_lin",
      "attention.value": "attention.v_lin",
      "attention.output": "attention.out_lin",
      "attention.norm": "sa_layer_norm",
      "feedforward.input": "ffn.lin1",
      "feedforward.output": "ffn.lin2",
      "feedforward.norm": "output_layer_norm",
    },
    dropsAttention: false,
    head: {
      pooler: "pre_classifier",
      isPretrained: false,
      activation: "relu",
      dropsState: false,
      classifier: "classifier",
    },
  },
};
