import type { Activation, Params, StackSites } from "@petl/spec";
import { layerNorm, linear, recomputed, relu, type Tensor, tf } from "@petl/tensor";
import { statesOf } from "./geometry.js";
import { prefix } from "./params.js";
import type { View } from "./view.js";

/** PyTorch's of its layer norms, and what keeps a row of zeros from dividing by zero, as the authors' code has it. */
const [normEpsilon, sumEpsilon] = [1e-5, 1e-8];

/** What the joiner looks at: the network's result over the encoder. */
export interface Memory {
  /** (batch, sources, width) */
  readonly memory: Tensor;
  /** 1 for a real token, 0 for padding: (batch, 1, sources). */
  readonly sources: Tensor;
}

/**
 * The network over one stack: `x_N + norm(W sum_i c_i m_i)` (batch, positions, width), where `x_i = norm(W_i phi_i)`,
 * `m_i = (l1norm(relu(x_N x_i^T)) + I) x_i` and `c = softmax_i(w . (mean x_N * mean x_i))`.
 *
 * With a memory, `x_i` also gets `norm(W_i' l1norm(relu(x_i memory^T)) memory)`, for all but the last layer. Of each layer the backward pass
 * keeps the recorded state, `m_i` and a score; the rest is computed again.
 */
export function parallel(
  sites: StackSites,
  recorded: ReadonlyMap<string, Activation>,
  view: View,
  joined: Memory | null,
  params: Params,
): Tensor {
  const names = statesOf(sites);
  const [last, ...earlier] = [...names].reverse() as [string, ...string[]];
  const stateOf = (site: string): Tensor => recorded.get(site)!.hidden;
  const anchored = recomputed(`anchor ${last}`, { phi: stateOf(last), ...view }, ({ phi, own, mean }) => {
    const x = normed(`${prefix}${last}.down`, phi, params);
    return { anchor: tf.matMul(own, x), average: tf.matMul(mean, x) };
  });
  const layers = earlier.reverse().map((site) => {
    const inputs = { phi: stateOf(site), ...anchored, ...view, ...joined };
    return recomputed(`merge ${site}`, inputs, ({ phi, anchor, average, seen, own, mean, memory, sources }) => {
      const down = normed(`${prefix}${site}.down`, phi, params);
      const x = memory === undefined ? down : tf.add(down, join(site, down, memory, sources!, params));
      const weights = tf.add(shares(anchor, x, seen), own);
      const agreement = tf.mul(average, tf.matMul(mean, x));
      return { merged: tf.matMul(weights, x), score: linear(agreement, params[`${prefix}${sites.stack}.gate`]!) };
    });
  });
  const confidence = tf.softmax(
    tf.concat(
      layers.map(({ score }) => score),
      -1,
    ),
  ); // (batch, positions or 1, layers)
  const parts = tf.split(confidence, layers.length, -1);
  const mixed = tf.addN(layers.map(({ merged }, index) => tf.mul(merged, parts[index]!)));
  return tf.add(anchored.anchor, normed(`${prefix}${sites.stack}.merge`, mixed, params));
}

function join(site: string, x: Tensor, memory: Tensor, sources: Tensor, params: Params): Tensor {
  return normed(`${prefix}${site}.join`, tf.matMul(shares(x, memory, sources), memory), params);
}

/** `l1norm(relu(queries keys^T))` over the keys that are seen: (batch, queries, keys). */
function shares(queries: Tensor, keys: Tensor, seen: Tensor): Tensor {
  const scores = tf.mul(relu(tf.matMul(queries, keys, false, true)), seen);
  return tf.div(scores, tf.add(tf.sum(scores, -1, true), sumEpsilon));
}

/** A linear layer and a layer norm after it: (batch, tokens, input) -> (batch, tokens, width). */
function normed(name: string, input: Tensor, params: Params): Tensor {
  const projected = linear(input, params[`${name}.weight`]!, params[`${name}.bias`]!);
  return layerNorm(projected, params[`${name}.norm.weight`]!, params[`${name}.norm.bias`]!, normEpsilon);
}
