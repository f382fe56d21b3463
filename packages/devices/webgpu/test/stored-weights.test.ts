import {
  embedding,
  linear,
  liveBytes,
  randomValues,
  runKernel,
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
  ggufBlocks,
  isGguf,
  readStored,
  type StoredWeight,
  storeWeight,
  type WeightFormat,
  weightFormats,
  weightLayout,
} from "@petl/weight-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import webgpu, { type WebGpuDevice } from "../src/index.js";
import { shaderOf } from "../src/kernels/context.js";
import { matMulProgram } from "../src/kernels/mat-mul-program.js";

const { usable, reason } = await webgpu.probe({ gpu: "software" });
if (!usable) console.warn(`skipped, no software GPU here: ${reason}`);

const values = (size: number, seed: number): Float32Array => randomValues("normal", size, [seed, 7]);
const normal = (shape: readonly number[], seed = 1): Tensor =>
  tf.tensor(values(tf.util.sizeFromShape([...shape]), seed), [...shape]);

/** Tried with any codes, also those that no encoder chooses. */
const withAnyCodes: readonly WeightFormat[] = ["q4_1", "q4_k", "q6_k"];

function weightIn(format: WeightFormat, shape: readonly [number, number]): StoredWeight {
  if (withAnyCodes.includes(format)) return anyBlocks(format, shape);
  return storeWeight(values(shape[0] * shape[1], 5), shape, format);
}

/** Blocks of any codes, whose half-precision scales are finite. */
function anyBlocks(format: WeightFormat, shape: readonly [number, number]): StoredWeight {
  const { bytes: size } = weightLayout(format, shape[0] * shape[1]);
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 2_654_435_761) >>> 13);
  if (!isGguf(format)) throw new Error(`${format} has no blocks`);
  const block = ggufBlocks[format].bytes;
  const halves = format === "q6_k" ? [208] : [0, 2];
  for (let from = 0; from < size; from += block)
    for (const at of halves) bytes[from + at + 1] = (bytes[from + at + 1]! & 0x83) | 0x20; // about 0.01
  return { format, shape, bytes };
}

/** Also with tiles of 64 in the products, which an emulated GPU compiles for seconds; all formats if PETL_SOFTWARE_GPU=1 asks for them. */
const inLargeTiles: readonly WeightFormat[] = process.env.PETL_SOFTWARE_GPU === "1" ? weightFormats : ["nf4+dq"];
/** Rows of no whole quads and blocks, of whole quads, and of one block. */
const shapes = (format: WeightFormat): (readonly [number, number])[] => [
  ...(isGguf(format)
    ? ([[5, 256]] as const)
    : ([
        [7, 30],
        [70, 100],
        [9, 64],
      ] as const)),
  ...(inLargeTiles.includes(format) ? ([[512, 256]] as const) : []),
];
const cases = weightFormats.flatMap((format) => shapes(format).map((shape) => ({ format, shape })));

/** Formats whose values, or their scales, are a product and a sum, which WGSL lets a GPU contract. */
const contracted: readonly WeightFormat[] = ["nf4+dq", "q4_1", "q4_k"];

const floats = async (tensor: Tensor): Promise<Float32Array> => (await tensor.data()) as Float32Array;
const bits = async (tensor: Tensor): Promise<Uint32Array> => bitsOf(await floats(tensor));
const bitsOf = (numbers: Float32Array): Uint32Array => new Uint32Array(Float32Array.from(numbers).buffer);
const largest = (numbers: Float32Array): number => numbers.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
const distance = (a: Float32Array, b: Float32Array): number => largest(a.map((value, index) => value - b[index]!));

describe.skipIf(!usable)("weights stored in few bits", () => {
  let device: WebGpuDevice;
  beforeAll(async () => {
    device = await webgpu.open({ gpu: "software" });
  });
  afterAll(() => device.close());

  test.each(cases)("$format $shape: values are those of the codecs", async ({ format, shape }) => {
    const weight = weightIn(format, shape);
    const expected = readStored(weight);
    const stored = storedWeight(format, shape, () => weight.bytes);
    expect(storageOf(stored)?.bytes).toBe(weight.bytes.length);
    expect(await bits(stored)).toEqual(bitsOf(expected));
    const wide = await floats(widened(stored));
    if (contracted.includes(format))
      expect(distance(wide, expected)).toBeLessThanOrEqual(2 ** -20 * largest(expected)); // a term is no larger here
    else expect(bitsOf(wide)).toEqual(bitsOf(expected));
    const ids = [0, shape[0] - 1, 3];
    const rows = ids.flatMap((id) => [...wide.subarray(id * shape[1], (id + 1) * shape[1])]);
    expect(await floats(embedding(stored, tf.tensor2d([ids], [1, 3], "int32")))).toEqual(Float32Array.from(rows));
    stored.dispose();
  });

  test.each(cases)("$format $shape: products are those of the same weight in float32", async ({ format, shape }) => {
    const weight = weightIn(format, shape);
    const stored = storedWeight(format, shape, () => weight.bytes);
    const wide = widened(stored);
    const rows = shape[0] > 100 ? 67 : 3;
    const x = normal([2, rows, shape[1]]);
    const bias = normal([shape[0]], 3);
    const compute = (w: Tensor) => valueAndGradients(() => tf.sum(tf.square(linear(x, w, bias))), { x }).gradients.x!;
    const [product, gradient] = [await floats(linear(x, wide, bias)), await floats(compute(wide))];
    expect(distance(await floats(linear(x, stored, bias)), product)).toBeLessThanOrEqual(1e-6 * largest(product));
    expect(distance(await floats(compute(stored)), gradient)).toBeLessThanOrEqual(1e-6 * largest(gradient));
    stored.dispose();
  });

  test("products with tiles of 128, which no emulated GPU runs in time, are valid WGSL", async () => {
    for (const format of weightFormats) {
      const tile = { tileRows: 128, tileColumns: 128, transposeA: false } as const;
      for (const transposeB of [true, false]) {
        const stored = { format, wholeQuads: transposeB };
        const code = shaderOf(matMulProgram({ ...tile, transposeB, stored, bias: transposeB }));
        const { messages } = await device.gpuDevice.createShaderModule({ code }).getCompilationInfo();
        expect(
          messages.map(({ message }) => message),
          format,
        ).toEqual([]);
      }
    }
  });

  test("every half-precision number is widened exactly, infinities too", async () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, index) => index).filter(
      (half) => (half & 0x7c00) !== 0x7c00 || (half & 0x3ff) === 0,
    );
    const shape = [halves.length / 2, 2];
    const stored = storedWeight("f16", shape, () => new Uint8Array(halves.buffer));
    expect(await bits(widened(stored))).toEqual(bitsOf(f16ToF32(halves)));
    stored.dispose();
  });

  test.each([
    ["bf16", 1],
    ["int8", 127],
    ["nf4", 1],
  ] as const)(
    "%s: numbers below 2^-126, scales too, may count as 0: values move by up to %d of that",
    async (format, times) => {
      const tiny = values(256, 9).map((value) => value * 2 ** -127);
      const weight = storeWeight(tiny, [4, 64], format);
      const stored = storedWeight(format, [4, 64], () => weight.bytes);
      expect(distance(await floats(widened(stored)), readStored(weight))).toBeLessThanOrEqual(times * 2 ** -126);
      stored.dispose();
    },
  );

  test("an id that the table does not have gives zeros", async () => {
    const { bytes } = weightIn("nf4", [4, 64]);
    const stored = storedWeight("nf4", [4, 64], () => bytes);
    const rows = await floats(tf.gather(stored, tf.tensor1d([-1, 4], "int32")));
    expect(rows).toEqual(new Float32Array(128));
    stored.dispose();
  });

  test("bytes are those of the storage, once for all views, and are freed", async () => {
    const { bytes } = weightIn("nf4", [128, 64]);
    const before = liveBytes().backbone;
    await device.synchronize();
    const used = tf.memory().numBytes;
    const stored = withByteCategory("backbone", () => storedWeight("nf4", [128, 64], () => bytes));
    const variable = tf.variable(stored);
    stored.dispose();
    expect(liveBytes().backbone - before).toBe((128 * 64) / 2 + 4 * 128);
    variable.dispose();
    expect(liveBytes().backbone).toBe(before);
    expect(tf.memory().numBytes).toBe(used);
  });

  test("an operation that does not know stored weights says so", () => {
    const { bytes } = weightIn("int8", [4, 64]);
    const stored = storedWeight("int8", [4, 64], () => bytes) as tf.Tensor2D;
    const refusal =
      /webgpu: expected an operation that takes a weight stored as int8 .* on a weight \[4,64\]; use --backbone-dtype f32/;
    const others: readonly (() => unknown)[] = [
      () => tf.add(stored, 1),
      () => tf.matMul(stored, tf.ones([64, 2])),
      () => tf.transpose(stored),
      () => tf.slice(stored, [0, 0], [1, 4]),
      () => tf.concat([stored, tf.ones([1, 64])]),
      () => tf.sum(stored),
      () => tf.cast(stored, "int32"),
      () => tf.addN([stored, stored]),
      () => tf.gather(stored, tf.tensor1d([0], "int32"), 1),
      () => runKernel("PetlRelu", { x: stored }, {}),
      () => runKernel("PetlLinear", { x: stored, weight: tf.ones([2, 64]) }, { transposed: false }),
    ];
    for (const other of others) expect(other, String(other)).toThrow(refusal);
    stored.dispose();
  });

  test("a weight that is larger than what the GPU binds is refused before it is read", () => {
    const { maxStorageBufferBindingSize } = device.gpuDevice.limits;
    const shape = [maxStorageBufferBindingSize / 64 + 1, 64];
    const read = (): never => {
      throw new Error("read");
    };
    expect(() => storedWeight("int8", shape, read)).toThrow(
      /expected weights of at most \d+ bytes .*, got one \[\d+,64\] of \d+ as int8; use fewer bits/,
    );
  });
});
