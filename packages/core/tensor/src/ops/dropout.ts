import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { type Random, type RandomKey, randomValues } from "../random.js";
import { differentiable } from "../tape.js";

/**
 * Dropout: each value of `x` is zero with probability `rate`, else divided by `1 - rate`.
 *
 * The mask is a function of a key drawn from `random` and of the position, so backward computes it again and nothing is saved.
 */
export function dropout(x: Tensor, rate: number, random: Random): Tensor {
  if (rate === 0) return x;
  const drop = dropoutMask(rate, random);
  return differentiable(
    "dropout",
    { x },
    () => drop(x),
    () => ({ save: [], backward: (dy) => ({ x: () => drop(dy) }) }),
  );
}

/** What one dropout does to a tensor, the same each time: for operations that dropout is a part of; not recorded. */
export function dropoutMask(rate: number, random: Random): (x: Tensor) => Tensor {
  if (!(rate > 0 && rate < 1)) throw new Error(`dropout: expected a rate in [0, 1), got ${rate}`);
  const { key } = random.fork("dropout");
  return (x) => masked(x, rate, key);
}

function masked(x: Tensor, rate: number, key: RandomKey): Tensor {
  return kernelOr("PetlDropout", { x }, { rate, key }, () => {
    const keepScale = 1 / (1 - rate);
    const mask = randomValues("uniform", x.size, key).map((value) => (value >= rate ? keepScale : 0));
    return tf.mul(x, tf.tensor(mask, x.shape));
  });
}
