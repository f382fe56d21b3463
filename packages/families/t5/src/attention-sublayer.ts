import { addResidual, linearSite, type Pass, rmsNormSite } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { applyAttention, attention, attentionWeights, type Tensor, tf } from "@petl/tensor";
import type { KeyValueCache } from "./layer-cache.js";
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
    const normed = rmsNormSite(model, `${name}.norm`, input, pass);
    const query = linearSite(model, `${name}.query`, normed, false, pass);
    const { key, value } = keysAndValues(model, name, setting.source ?? normed, setting, pass);
    const context = attend(model, name, query, key, value, setting, pass);
    return linearSite(model, `${name}.output`, { hidden: context, mask: input.mask }, false, pass);
  });
  return addResidual(input, attended, name, pass);
}

function keysAndValues(model: WeightsView, name: string, source: Activation, setting: AttentionSetting, pass: Pass) {
  const { cache } = setting;
  const before = cache?.tokens ?? null;
  if (setting.source !== null && before !== null)
    return { key: { hidden: before.key, mask: source.mask }, value: before.value };
  const key = linearSite(model, `${name}.key`, source, false, pass);
  const value = linearSite(model, `${name}.value`, source, false, pass).hidden;
  if (cache === undefined) return { key, value };
  if (before === null) cache.replace({ key: key.hidden, value });
  else cache.replace({ key: tf.concat([before.key, key.hidden], 1), value: tf.concat([before.value, value], 1) });
  const all = cache.tokens!;
  const [batch, tokens] = all.key.shape as [number, number, number];
  return { key: { hidden: all.key, mask: setting.source?.mask ?? tf.ones([batch, tokens]) }, value: all.value };
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
