import { addResidual, type KeyValueCache, type Pass } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { applyAttention, attention, attentionWeights, linear, rmsNorm, type Tensor, tf } from "@petl/tensor";
import type { WeightsView } from "./weights-view.js";

export interface AttentionSetting {
  /** (heads, queries, keys), or null for none. */
  readonly bias: Tensor | null;
  readonly causal: boolean;
  /** What keys and values are made of; null: the normed input itself. */
  readonly source: Activation | null;
  readonly cache?: KeyValueCache | undefined;
}

/** `x + dropout(attention(norm(x)))`: (batch, tokens, channels) -> the same shape. */
export function attentionSublayer(
  model: WeightsView,
  name: string,
  input: Activation,
  setting: AttentionSetting,
  pass: Pass,
): Activation {
  const attended = pass.at(name, input, () => {
    const normed = pass.at(`${name}.norm`, input, () => ({
      hidden: rmsNorm(input.hidden, model.param(`${name}.norm.weight`), model.config.normEpsilon),
      mask: input.mask,
    }));
    const query = project(model, `${name}.query`, normed, pass);
    const { key, value } = keysAndValues(model, name, setting.source ?? normed, setting, pass);
    const context = attend(model, name, query, key, value, setting, pass);
    return project(model, `${name}.output`, { hidden: context, mask: input.mask }, pass);
  });
  return addResidual(input, attended, name, pass);
}

function project(model: WeightsView, name: string, input: Activation, pass: Pass): Activation {
  return pass.at(name, input, () => ({
    hidden: linear(input.hidden, model.param(`${name}.weight`)),
    mask: input.mask,
  }));
}

function keysAndValues(model: WeightsView, name: string, source: Activation, setting: AttentionSetting, pass: Pass) {
  const { cache } = setting;
  const isCrossCached = cache !== undefined && setting.source !== null && cache.tokens > 0;
  if (isCrossCached) return { key: { hidden: cache.key!, mask: source.mask }, value: cache.value! };
  const key = project(model, `${name}.key`, source, pass);
  const value = project(model, `${name}.value`, source, pass).hidden;
  if (cache === undefined) return { key, value };
  if (cache.tokens === 0) cache.replace(key.hidden, value);
  else cache.replace(tf.concat([cache.key!, key.hidden], 1), tf.concat([cache.value!, value], 1));
  const [batch, tokens] = cache.key!.shape as [number, number, number];
  return { key: { hidden: cache.key!, mask: setting.source?.mask ?? tf.ones([batch, tokens]) }, value: cache.value! };
}

function attend(
  model: WeightsView,
  name: string,
  query: Activation,
  key: Activation,
  value: Tensor,
  { bias, causal }: AttentionSetting,
  pass: Pass,
): Tensor {
  const weights = `${name}.weights`;
  const shape = { heads: model.config.heads, causal };
  const inputs = { query: query.hidden, key: key.hidden, bias: fitBias(bias, key.hidden.shape[1]!), mask: key.mask };
  if (!pass.isWatched(weights))
    return pass.owned(weights, () => attention({ ...inputs, value }, shape, pass.dropping(weights)));
  const probabilities = pass.at(weights, query, () => ({ hidden: attentionWeights(inputs, shape), mask: key.mask }));
  return pass.owned(weights, () => applyAttention(pass.dropout(probabilities.hidden, weights), value, shape.heads));
}

/** Keys that a hook put before the others have a bias of 0. */
function fitBias(bias: Tensor | null, keys: number): Tensor | null {
  const prepended = bias === null ? 0 : keys - bias.shape[2]!;
  if (bias === null || prepended === 0) return bias;
  return tf.pad(bias, [
    [0, 0],
    [0, 0],
    [prepended, 0],
  ]);
}
