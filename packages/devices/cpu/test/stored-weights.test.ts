import {
  type Device,
  embedding,
  linear,
  liveBytes,
  storageOf,
  storedWeight,
  type Tensor,
  tf,
  valueAndGradients,
  widened,
  withByteCategory,
} from "@petl/tensor";
import {
  f16ToF32,
  isGguf,
  readStored,
  type StoredWeight,
  storeWeight,
  type WeightFormat,
  weightFormats,
} from "@petl/weight-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBlas } from "../src/blas/library.js";
import cpu from "../src/index.js";
import { bits, expectClose, normal } from "./compare.js";

const weightIn = (format: WeightFormat, shape: readonly [number, number]): StoredWeight =>
  storeWeight(normal(shape, 5).dataSync() as Float32Array, shape, format);

const host = findBlas();
if (host.library === null) console.warn(`skipped: stored weights by the host's BLAS: ${host.reason}`);
const choices = [...(["wasm", "simd"] as const), ...(host.library === null ? [] : (["blas"] as const))];

/** Of these with several pieces of a weight. */
const inPieces: readonly WeightFormat[] = ["bf16", "nf4+dq", "q4_0"];
// rows that end within a block of 64, and one block a row
const shapes = (format: WeightFormat): (readonly [number, number])[] => [
  ...(isGguf(format)
    ? ([[5, 256]] as const)
    : ([
        [7, 30],
        [70, 100],
        [9, 64],
      ] as const)),
  ...(inPieces.includes(format) ? ([[2080, isGguf(format) ? 512 : 508]] as const) : []),
];

describe.each(choices)("weights stored in few bits, by %s", (kernels) => {
  let device: Device;
  beforeAll(async () => {
    device = await cpu.open({ kernels });
  });
  afterAll(() => device.close());

  test.each(weightFormats.flatMap((format) => shapes(format).map((shape) => ({ format, shape }))))(
    "$format $shape: values, products and gradients are those of the same weight in float32",
    ({ format, shape }) => {
      const weight = weightIn(format, shape);
      const values = readStored(weight);
      const stored = storedWeight(format, shape, () => weight.bytes);
      const plain = tf.tensor2d(values, [...shape]);
      expect(storageOf(stored)?.bytes).toBe(weight.bytes.length);
      expect(bits(widened(stored))).toEqual(bits(plain));
      expect(bits(stored)).toEqual(bits(plain));
      const x = normal([2, 3, shape[1]]);
      const bias = normal([shape[0]], 3);
      expectClose(linear(x, stored, bias), linear(x, plain, bias), 1e-6);
      const gradientOf = (w: Tensor): Tensor =>
        valueAndGradients(() => tf.sum(tf.square(linear(x, w))), { x }).gradients.x!;
      expectClose(gradientOf(stored), gradientOf(plain), 1e-6);
      const ids = tf.tensor2d([[0, shape[0] - 1, 3]], [1, 3], "int32");
      expect(bits(embedding(stored, ids))).toEqual(bits(embedding(plain, ids)));
      stored.dispose();
      expect(() => stored.dataSync()).toThrow();
    },
  );

  test("bytes are those of the storage, once for all views", () => {
    const weight = weightIn("nf4", [128, 64]);
    const before = liveBytes().backbone;
    const stored = withByteCategory("backbone", () => storedWeight("nf4", [128, 64], () => weight.bytes));
    const variable = tf.variable(stored);
    stored.dispose();
    expect(liveBytes().backbone - before).toBe((128 * 64) / 2 + 4 * 128);
    variable.dispose();
    expect(liveBytes().backbone).toBe(before);
  });

  test("an operation that does not know stored weights says so", () => {
    const weight = weightIn("int8", [4, 64]);
    const stored = storedWeight("int8", [4, 64], () => weight.bytes);
    expect(() => tf.add(stored, 1)).toThrow(
      /expected an operation that takes a weight stored as int8 .* on a weight \[4,64\]; use --backbone-dtype f32/,
    );
    expect(() => tf.matMul(stored as tf.Tensor2D, tf.ones([64, 2]))).toThrow(/stored as int8/);
    stored.dispose();
  });

  test("every half-precision number is widened exactly", () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, index) => index); // infinities and NaNs among them
    const stored = storedWeight("f16", [halves.length / 64, 64], () => new Uint8Array(halves.buffer));
    expect(bits(widened(stored))).toEqual(bits(tf.tensor1d(f16ToF32(halves))));
    stored.dispose();
  });
});
