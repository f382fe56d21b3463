import {
  AttachmentError,
  type Backbone,
  ConfigError,
  ConfigReader,
  defineMethod,
  type Hook,
  type LayoutFiles,
  peftFiles,
  type Tuned,
} from "@petl/spec";
import { embedding, type Tensor, tf } from "@petl/tensor";

export interface PromptTuningConfig {
  /** Length of the prompt. */
  readonly tokens: number;
  /** Multiplies the suite's learning rate: 3e-4 becomes the published 0.3. */
  readonly learningRateScale: number;
}

/**
 * Prompt tuning: `[p_1 ... p_k ; e(x_1) ... e(x_n)]`, trained vectors before the embedded input of the encoder, or of the decoder where
 * there is no other stack. What follows the prompt has the positions that follow its.
 *
 * `p` is (tokens, channels), initialised with the first rows of the vocabulary. Lester et al. 2021, section 2,
 * https://arxiv.org/abs/2104.08691
 */
export default defineMethod<PromptTuningConfig>({
  specVersion: "v1",
  name: "prompt-tuning",
  paper: {
    title: "The Power of Scale for Parameter-Efficient Prompt Tuning",
    url: "https://arxiv.org/abs/2104.08691",
  },
  parse(input) {
    const fields = new ConfigReader("prompt-tuning", input);
    const config = {
      tokens: fields.integer("tokens", 100, 1),
      learningRateScale: fields.number("learningRateScale", 1000, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, { tokens, learningRateScale }) {
    const site = `${inputStack(backbone)}.embedding`;
    const table = backbone.params[backbone.sites.find(({ name }) => name === site)?.params[0] ?? ""];
    if (table === undefined)
      throw new AttachmentError(`prompt-tuning: expected a site ${site} that owns a table of embeddings, found none`);
    const [rows, channels] = table.shape as [number, number];
    if (tokens > rows)
      throw new AttachmentError(`prompt-tuning: expected at most ${rows} tokens (the vocabulary), got ${tokens}`);
    return {
      params: { prompt: tf.tidy(() => tf.reshape(embedding(table, rowIds(tokens)), [tokens, channels])) },
      unfrozen: [],
      hooks: new Map([[site, prepend(tokens)]]),
      optimizer: () => ({ learningRateScale }),
    };
  },
  layouts: { peft: inPeft },
});

const inputStack = ({ kind }: Backbone): "encoder" | "decoder" => (kind === "decoder" ? "decoder" : "encoder");

/** The first rows of a table: (1, tokens). */
const rowIds = (tokens: number): Tensor => tf.reshape(tf.range(0, tokens, 1, "int32"), [1, tokens]);

function prepend(tokens: number): Hook {
  return ({ hidden, mask }, _input, { params }) => {
    const batch = hidden.shape[0]!;
    const rows = tf.tile(rowIds(tokens), [batch, 1]);
    const prompt = embedding(params.prompt!, rows); // (batch, prompt, channels)
    return {
      hidden: tf.concat([prompt, hidden], 1), // (batch, prompt + tokens, channels)
      mask: tf.concat([tf.ones([batch, tokens]), mask], 1),
    };
  };
}

/** PEFT also requires the geometry, although only the prompt's shape matters. */
function inPeft(tuned: Tuned<PromptTuningConfig>): LayoutFiles {
  const {
    backbone,
    trained: { prompt },
  } = tuned;
  if (backbone.kind === "encoder")
    throw new ConfigError(
      "prompt-tuning",
      "PEFT's encoders answer from the prompt's first vector; expected a backbone with a decoder, got an encoder",
    );
  const [tokens, channels] = prompt!.shape as [number, number];
  const blocks = backbone.sites.filter(
    ({ name, kind }) => kind === "block" && name.startsWith(`${inputStack(backbone)}.`),
  );
  const weights = backbone.sites.find(({ kind }) => kind === "attention-weights")!;
  const settings = {
    peft_type: "PROMPT_TUNING",
    num_virtual_tokens: tokens,
    token_dim: channels,
    num_layers: blocks.length,
    num_attention_heads: weights.width[0],
    num_transformer_submodules: 1, // one stack only
  };
  return peftFiles(tuned, settings, { prompt_embeddings: prompt! }, "base_model");
}
