import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "./kernels.js";

export type RandomKey = readonly [number, number];

/**
 * Counter-based random numbers (Threefry-2x32, 20 rounds; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"):
 * value i of a stream is a pure function of the stream's key and i, the same on every device and in any order.
 */
export interface Random {
  readonly key: RandomKey;
  /** An independent stream named by `label`; the same label always gives the same stream. */
  fork(label: string | number): Random;
  /** Uniform on [low, high), float32. Each draw of a stream differs from the one before. */
  uniform(shape: readonly number[], low?: number, high?: number): Tensor;
  /** Normal with the given mean and standard deviation, float32 (Box-Muller). */
  normal(shape: readonly number[], mean?: number, deviation?: number): Tensor;
  /** The values (size) that `normal` would draw in place of this, bit for bit, without a device. */
  normalValues(size: number, mean?: number, deviation?: number): Float32Array;
  /** A random order of 0..size-1 (Fisher-Yates). */
  permutation(size: number): Int32Array;
  /** `count` whole numbers, each uniform on 0..below-1. */
  integers(count: number, below: number): number[];
}

/** The stream of a seed. */
export function seededRandom(seed: number): Random {
  return stream([seed | 0, Math.floor(seed / 2 ** 32) | 0]);
}

function stream(key: RandomKey): Random {
  let draws = 0;
  const nextKey = (): RandomKey => threefry(key, [draws++, 0x64726177]);
  return {
    key,
    fork: (label) => stream(threefry(key, typeof label === "number" ? [label | 0, 0x666f726b] : hashText(label))),
    uniform: (shape, low = 0, high = 1) => draw("uniform", shape, nextKey(), high - low, low),
    normal: (shape, mean = 0, deviation = 1) => draw("normal", shape, nextKey(), deviation, mean),
    normalValues: (size, mean = 0, deviation = 1) =>
      scaled(randomValues("normal", size, nextKey()), Math.fround(deviation), Math.fround(mean)),
    integers(count, below) {
      const drawKey = nextKey();
      return Array.from({ length: count }, (_, index) => Math.floor(unit(threefry(drawKey, [index, 0])[0]) * below));
    },
    permutation(size) {
      const drawKey = nextKey();
      const order = Int32Array.from({ length: size }, (_, index) => index);
      for (let last = size - 1; last > 0; last--) {
        const other = Math.floor(unit(threefry(drawKey, [last, 0])[0]) * (last + 1));
        const held = order[last]!;
        order[last] = order[other]!;
        order[other] = held;
      }
      return order;
    },
  };
}

function draw(
  distribution: "uniform" | "normal",
  shape: readonly number[],
  key: RandomKey,
  scale: number,
  offset: number,
): Tensor {
  return tf.tidy(() => {
    const standard = kernelOr("PetlRandom", {}, { shape: [...shape], key, distribution }, () =>
      tf.tensor(randomValues(distribution, tf.util.sizeFromShape([...shape]), key), [...shape]),
    );
    const spread = scale === 1 ? standard : tf.mul(standard, scale);
    return offset === 0 ? spread : tf.add(spread, offset);
  });
}

/** What `draw` does to standard values, in place: each operation rounded to float32. */
function scaled(values: Float32Array, scale: number, offset: number): Float32Array {
  for (let index = 0; index < values.length; index++) {
    values[index]! *= scale;
    if (offset !== 0) values[index]! += offset; // of a zero it would change the sign
  }
  return values;
}

/** Values 0..size-1 of a stream, in plain JavaScript: what a device's `PetlRandom` must reproduce. */
export function randomValues(distribution: "uniform" | "normal", size: number, key: RandomKey): Float32Array {
  const values = new Float32Array(size);
  for (let index = 0; index < size; index += 2) {
    const [bits0, bits1] = threefry(key, [index >>> 1, 0]);
    let [first, second] = [unit(bits0), unit(bits1)];
    if (distribution === "normal") {
      const radius = Math.sqrt(-2 * Math.log(1 - first));
      [first, second] = [radius * Math.cos(2 * Math.PI * second), radius * Math.sin(2 * Math.PI * second)];
    }
    values[index] = first;
    if (index + 1 < size) values[index + 1] = second;
  }
  return values;
}

/** 24 random bits as a number in [0, 1), exact in float32. */
export const unit = (bits: number): number => (bits >>> 8) / 2 ** 24;

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** Threefry-2x32 with 20 rounds: two 32-bit words (as signed integers) of a counter under a key. */
export function threefry([key0, key1]: RandomKey, [counter0, counter1]: RandomKey): RandomKey {
  const schedule = [key0, key1, 0x1bd11bda ^ key0 ^ key1] as const;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = rotations[round & 7]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if ((round & 3) === 3) {
      const injection = (round >> 2) + 1;
      x0 = (x0 + schedule[(injection % 3) as 0 | 1 | 2]) | 0;
      x1 = (x1 + schedule[((injection + 1) % 3) as 0 | 1 | 2] + injection) | 0;
    }
  }
  return [x0, x1];
}

/** Two words of FNV-1a over a label, from two offsets. */
function hashText(text: string): RandomKey {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (const byte of new TextEncoder().encode(text)) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte ^ 0x5a, 0x01000193);
  }
  return [low | 0, high | 0];
}
