import { addSublayer, linearSite, type Pass, rmsNormSite } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { applyAttention, attention, attentionWeights, rmsNorm, rotary, type Tensor, tf } from "@petl/tensor";
import type { CachedTokens, LayerCache } from "./layer-cache.js";
import type { ModelView } from "./sublayer.js";
import { firstTokens, lastTokens, movedRotation, type Rotation } from "./tokens.js";

export interface AttentionSetting {
  readonly rotation: Rotation;
  /** What was computed of tokens before these; null: these are the first. */
  readonly earlier: CachedTokens | null;
  /** Takes what was computed of all tokens so far. */
  readonly cache: LayerCache | null;
}

/** `x + attention(norm(x))`, causal: (batch, tokens, channels) -> the same shape. */
export function attentionSublayer(
  model: ModelView,
  name: string,
  input: Activation,
  setting: AttentionSetting,
  pass: Pass,
): Activation {
  const { queryKeyValueBias, outputBias, heads, keyValueHeads } = model.config;
  const attended = pass.at(name, input, () => {
    const normed = rmsNormSite(model, `${name}.norm`, input, pass);
    const project = (part: string): Activation => linearSite(model, `${name}.${part}`, normed, queryKeyValueBias, pass);
    const query = normedByHead(model, `${name}.queryNorm`, project("query"), heads, pass);
    const [before, ownKey] = parted(project("key"), query);
    const key = normedByHead(model, `${name}.keyNorm`, ownKey, keyValueHeads, pass);
    const [valueBefore, value] = parted(project("value"), query);
    const prefix = before && valueBefore && { key: before.hidden, value: valueBefore.hidden, mask: before.mask };
    const context = attend(model, name, { query, key, value, prefix }, setting, pass);
    return linearSite(model, `${name}.output`, { hidden: context, mask: input.mask }, outputBias, pass);
  });
  return addSublayer(input, attended);
}

/** What a hook put before the tokens, or null, and the tokens themselves. */
function parted(all: Activation, { hidden }: Activation): [before: Activation | null, own: Activation] {
  const own = hidden.shape[1]!;
  const before = all.hidden.shape[1]! - own;
  return before === 0 ? [null, all] : [firstTokens(all, before), lastTokens(all, own)];
}

/** Where the geometry norms queries and keys: each head for itself, all by one weight (headWidth). */
function normedByHead(model: ModelView, site: string, input: Activation, heads: number, pass: Pass): Activation {
  if (!model.config.queryKeyNorm) return input;
  const [rows, tokens, channels] = input.hidden.shape as [number, number, number];
  return pass.at(site, input, () => {
    const byHead = tf.reshape(input.hidden, [rows * tokens, heads, channels / heads]);
    const normed = rmsNorm(byHead, model.param(`${site}.weight`), model.config.normEpsilon);
    return { hidden: tf.reshape(normed, input.hidden.shape), mask: input.mask };
  });
}

interface Projected {
  readonly query: Activation;
  readonly key: Activation;
  readonly value: Activation;
  /** Keys and values that hooks put before those of the tokens; they are not turned. */
  readonly prefix: CachedTokens | null;
}

/** -> the values, mixed: (batch, tokens, heads * headWidth) */
function attend(model: ModelView, name: string, projected: Projected, setting: AttentionSetting, pass: Pass): Tensor {
  const site = `${name}.weights`;
  const { heads, keyValueHeads, headWidth } = model.config;
  const shape = { heads, keyValueHeads, scale: headWidth ** -0.5, causal: true };
  if (!pass.isWatched(site))
    return pass.owned(site, () => {
      const { hidden: query, ...seen } = turned(model, projected, setting);
      return attention({ query, ...seen, bias: null }, shape, pass.dropping(site));
    });
  const { hidden: query, key, value, mask } = pass.owned(site, () => turned(model, projected, setting));
  const probabilities = pass.at(site, projected.query, () => ({
    hidden: attentionWeights({ query, key, bias: null, mask }, shape),
    mask,
  }));
  return pass.owned(site, () => applyAttention(pass.dropout(probabilities.hidden, site), value, heads, keyValueHeads));
}

/** Turned queries as `hidden`, and the keys, turned, and values of everything that they may see. */
function turned(
  { config, frequencies }: ModelView,
  { query, key, value, prefix }: Projected,
  { rotation, earlier, cache }: AttentionSetting,
): Activation & CachedTokens {
  const { positions, table } = movedRotation(rotation, prefix?.key.shape[1] ?? 0, frequencies);
  const own = {
    key: rotary(key.hidden, positions, table, config.keyValueHeads),
    value: value.hidden,
    mask: key.mask,
  };
  const before = earlier ?? prefix; // earlier tokens have the prefix before them already
  const seen = before === null ? own : joined(before, own);
  cache?.replace(seen);
  return { hidden: rotary(query.hidden, positions, table, config.heads), ...seen };
}

const joined = (before: CachedTokens, own: CachedTokens): CachedTokens => ({
  key: tf.concat([before.key, own.key], 1),
  value: tf.concat([before.value, own.value], 1),
  mask: tf.concat([before.mask, own.mask], 1),
});
