import type { Params } from "@petl/spec";
import { linear, recomputed, relu, type Tensor, tf } from "@petl/tensor";
import { prefix } from "./params.js";

/** What keeps zeros from dividing by zero, and what the residual's gate is divided by, as the authors' code has them. */
const [sumEpsilon, temperature] = [1e-6, 0.1];

/**
 * `W_o relu(g) + b + (residual + tanh(gamma / 0.1)) phi_N` of the states phi_0 .. phi_N of `sites`, all (batch, tokens, channels), as is the result. For each token
 * `g = sum_i w_i a_i + a_N`, `w = l1norm_i(relu(v . (a_i * a_N) + c) / sum_j relu(cos(a_i, a_j)))`, i and j from 0 to N - 1.
 */
export function aggregate(
  sites: readonly string[],
  states: Readonly<Record<string, Tensor>>,
  params: Params,
  residual: 0 | 1,
): Tensor {
  const last = states[sites.at(-1)!]!;
  const [batch, tokens, channels] = last.shape as [number, number, number];
  const rows = batch * tokens;
  const adapted = sites.map((site) => {
    const vectors = adapt(site, states[site]!, params); // (batch, tokens, width)
    return tf.reshape(vectors, [rows, 1, vectors.shape[2]!]);
  });
  const guide = adapted.at(-1)!;
  const earlier = tf.concat(adapted.slice(0, -1), 1); // (rows, layers, width)
  const agreement = relu(project("guide", tf.mul(earlier, guide), params)); // (rows, layers, 1)
  const scores = tf.div(agreement, redundancy(earlier));
  const shares = tf.div(scores, tf.add(tf.sum(scores, 1, true), sumEpsilon));
  const gathered = tf.add(tf.matMul(shares, earlier, true, false), guide); // (rows, 1, width)
  const said = tf.reshape(project("up", relu(gathered), params), [batch, tokens, channels]);
  const share = tf.add(tf.tanh(tf.mul(params[`${prefix}residual`]!, 1 / temperature)), residual);
  return tf.add(said, tf.mul(share, last));
}

/** How much each of a token's vectors is like the others: `sum_j relu(cos(a_i, a_j))`, (rows, layers, width) -> (rows, layers, 1). */
function redundancy(vectors: Tensor): Tensor {
  const lengths = tf.sqrt(tf.sum(tf.square(vectors), -1, true));
  const units = tf.div(vectors, tf.add(lengths, sumEpsilon));
  return tf.sum(relu(tf.matMul(units, units, false, true)), -1, true);
}

/** `(W_2 u + b_2 + u) * sigmoid(W_3 u + b_3)`, `u = relu(W_1 phi + b_1)`; the backward pass keeps phi alone. */
function adapt(site: string, state: Tensor, params: Params): Tensor {
  return recomputed(`adapt ${site}`, { phi: state }, ({ phi }) => {
    const u = relu(project(`${site}.down`, phi, params));
    const inner = tf.add(project(`${site}.inner`, u, params), u);
    return { adapted: tf.mul(inner, tf.sigmoid(project(`${site}.gate`, u, params))) };
  }).adapted;
}

function project(name: string, input: Tensor, params: Params): Tensor {
  return linear(input, params[`${prefix}${name}.weight`]!, params[`${prefix}${name}.bias`]!);
}
