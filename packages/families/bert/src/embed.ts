import { type Pass, release } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { addBias, embedding, type Tensor, tf } from "@petl/tensor";
import { firstPosition, mostTokens } from "./config.js";
import { normSite } from "./layers.js";
import type { BertTensors } from "./pad.js";
import { wordEmbedding } from "./sites.js";
import type { WeightsView } from "./weights-view.js";

/**
 * `dropout(norm(word + token type + position))`: (batch, tokens, channels).
 *
 * Vectors that a hook put before the words have type 0 and the first positions, as in PEFT. Padding counts on behind its row.
 * @throws RangeError for more tokens than the table of positions has rows for
 */
export function embed(model: WeightsView, inputs: BertTensors, pass: Pass): Activation {
  const { ids, mask, segments } = inputs;
  const words = pass.at(wordEmbedding, { hidden: ids, mask }, () => ({
    hidden: embedding(model.param(`${wordEmbedding}.weight`), ids),
    mask,
  }));
  checkLength(model, words.hidden.shape[1]!, words.hidden.shape[1]! - ids.shape[1]!);
  const typed = model.config.tokenTypes === 0 ? words : addTokenTypes(model, words, segments, pass);
  release(words, typed);
  const placed = addPositions(model, typed, pass);
  release(typed, placed);
  const norm = `${wordEmbedding}.norm`;
  const normed = normSite(model, norm, placed, pass);
  release(placed, normed);
  const dropped = { hidden: pass.dropout(normed.hidden, norm), mask: normed.mask };
  release(normed, dropped);
  return dropped;
}

function checkLength({ name, config }: WeightsView, tokens: number, prompt: number): void {
  const most = mostTokens(config);
  if (tokens <= most) return;
  const got = prompt === 0 ? `${tokens}` : `${tokens}, ${prompt} of them a prompt`;
  throw new RangeError(
    `backbone ${name}: expected at most ${most} tokens (its table of positions), got ${got}; cut the texts to fewer tokens`,
  );
}

function addTokenTypes(model: WeightsView, words: Activation, segments: Tensor | undefined, pass: Pass): Activation {
  const name = `${wordEmbedding}.tokenType`;
  const table = model.param(`${name}.weight`);
  return pass.at(name, words, () => {
    const { hidden, mask } = words;
    if (segments === undefined)
      return { hidden: addBias(hidden, tf.reshape(tf.slice(table, [0, 0], [1, -1]), [-1])), mask };
    return { hidden: tf.add(hidden, embedding(table, withPrompt(segments, hidden.shape[1]!))), mask };
  });
}

/** Token types (batch, tokens) behind zeros for the vectors of a prompt. */
function withPrompt(segments: Tensor, tokens: number): Tensor {
  const [batch, own] = segments.shape as [number, number];
  return tokens === own ? segments : tf.concat([tf.zeros([batch, tokens - own], "int32"), segments], 1);
}

/** Every row has the same positions, so one stretch of the table is added to all. */
function addPositions(model: WeightsView, words: Activation, pass: Pass): Activation {
  const name = `${wordEmbedding}.position`;
  return pass.at(name, words, () => {
    const [batch, tokens, channels] = words.hidden.shape as [number, number, number];
    const rows = tf.slice(model.param(`${name}.weight`), [firstPosition(model.config), 0], [tokens, channels]);
    const sum = addBias(tf.reshape(words.hidden, [batch, tokens * channels]), tf.reshape(rows, [-1]));
    return { hidden: tf.reshape(sum, [batch, tokens, channels]), mask: words.mask };
  });
}
