import { type Precision, randomValues, storedWeight, type Tensor, tf } from "@petl/tensor";
import { readStored, storeWeight, type WeightFormat } from "@petl/weight-formats";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Failures } from "../src/dawn/failures.js";
import webgpu, { type WebGpuDevice } from "../src/index.js";
import { type Inputs, KernelContext, type TensorInfo } from "../src/kernels/context.js";
import { batchMatMul, linear } from "../src/kernels/mat-mul.js";
import type { ProductPath } from "../src/kernels/product-path.js";
import { knownUnits, unitName } from "./known-units.js";
import { loopDialect } from "./loop-dialect.js";

const everywhere = process.env.PETL_SOFTWARE_GPU === "1";

/** A path by which products are computed, and on which kind of device. */
interface Case {
  readonly name: string;
  /** Of the device: f32 where the path is only tried on it. */
  readonly precision: Precision;
  readonly path?: ProductPath;
  /** Largest difference allowed, of the largest value. */
  readonly tolerance: number;
}

const tolerances = { f16: 2e-3, f32x3: 1e-5 } as const;

/** Matrix units as loops: anywhere. All units where PETL_SOFTWARE_GPU=1 asks for them. */
const loops = knownUnits
  .filter(({ adapter }) => everywhere || adapter === "llvmpipe")
  .flatMap((known) =>
    (["f16", "f32x3"] as const).map((precision): Case => {
      const path = {
        kind: "matrix-units",
        unit: known.unit,
        split: precision === "f32x3",
        dialect: loopDialect,
      } as const;
      return {
        name: `${precision} as loops, ${unitName(known)}`,
        precision: "f32",
        path,
        tolerance: tolerances[precision],
      };
    }),
  );
/** What the adapter itself has: of the emulated ones, Mesa's llvmpipe has matrix units, and compiles minutes for them. */
const native: readonly Case[] = [
  ...(["f16", "f32x3"] as const).map((precision) => ({
    name: `${precision} of the adapter itself`,
    ...{ precision, tolerance: tolerances[precision] },
  })),
  {
    name: "f16 tiles of the adapter itself",
    ...{ precision: "f16", path: { kind: "shader-f16" }, tolerance: tolerances.f16 },
  },
];

const reasons = new Map<Case, string>();
for (const each of [...loops, ...native]) {
  const isAsked = everywhere || each.precision === "f32";
  const { usable, reason } = isAsked
    ? await webgpu.probe({ gpu: "software", precision: each.precision })
    : { usable: false, reason: "PETL_SOFTWARE_GPU=1 asks for it" };
  if (!usable) reasons.set(each, reason);
}
for (const [{ name }, reason] of reasons) console.warn(`skipped ${name}: ${reason}`);

const values = (size: number, seed: number): Float32Array => randomValues("normal", size, [seed, 7]);
const tensor = (data: Float32Array, shape: readonly number[]): Tensor => tf.tensor(data, [...shape]);

/** `op(a) op(b)` of one batch in double precision, and the largest of its values. */
function product(
  a: Float32Array,
  b: Float32Array,
  { rows, columns, depth, transposeA, transposeB }: Product,
): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    const [i, j] = [Math.floor(index / columns), index % columns];
    let sum = 0;
    for (let k = 0; k < depth; k++)
      sum += a[transposeA ? k * rows + i : i * depth + k]! * b[transposeB ? j * depth + k : k * columns + j]!;
    return sum;
  });
}

interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  let [largest, top] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    const distance = Math.abs(actual[index]! - expected[index]!);
    if (!(distance <= largest)) largest = distance; // NaN wins
    top = Math.max(top, Math.abs(expected[index]!));
  }
  expect(largest / top, what).toBeLessThanOrEqual(tolerance);
}

const [off, on] = [false, true];
/** Each layout, and each tile but the largest: cut and whole, with extents that are quads and that are not. */
const products: readonly Product[] = [
  { rows: 35, columns: 37, depth: 41, transposeA: off, transposeB: off },
  { rows: 70, columns: 5, depth: 24, transposeA: on, transposeB: off },
  { rows: 32, columns: 64, depth: 40, transposeA: off, transposeB: on },
  { rows: 3, columns: 72, depth: 50, transposeA: on, transposeB: on },
  { rows: 2, columns: 3, depth: 5, transposeA: on, transposeB: off }, // as compiled for the second
];

describe.each([...loops, ...native])("$name", (each) => {
  const { precision, path, tolerance } = each;
  // three products as loops take SwiftShader seconds to compile
  const isShort = !everywhere && path?.kind === "matrix-units" && path.split;
  describe.skipIf(reasons.has(each))("on an emulated GPU", () => {
    let device: WebGpuDevice;
    let context: KernelContext;
    let failures: Failures;
    beforeAll(async () => {
      device = await webgpu.open({ gpu: "software", precision });
      failures = new Failures(device.gpuDevice);
      context = new KernelContext(tf.backend() as WebGPUBackend, failures, path);
    });
    afterAll(async () => {
      failures.close();
      await device.close();
    });

    const stock = () => {
      throw new Error("expected a product of this package, got tfjs's");
    };
    /** With the path of the case, or as the device computes. */
    const matMul = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
      path === undefined
        ? tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D, transposeA, transposeB)
        : made(batchMatMul(stock)(context, { a, b } as unknown as Inputs, { transposeA, transposeB }));
    const made = (info: TensorInfo | TensorInfo[]): Tensor => tf.engine().makeTensorFromTensorInfo(info as TensorInfo);
    const linearOf = (x: Tensor, weight: Tensor, bias: Tensor | undefined, transposed: boolean): Tensor => {
      const inputs = { x, weight, ...(bias !== undefined && { bias }) };
      if (path !== undefined) return made(linear(context, inputs as unknown as Inputs, { transposed }));
      return tf.engine().runKernel("PetlLinear", inputs as unknown as tf.NamedTensorMap, { transposed }) as Tensor;
    };

    test("products of all layouts and sizes are those of float64", async () => {
      const batch = 2;
      for (const shape of isShort ? products.slice(1, 2) : products) {
        const { rows, columns, depth, transposeA, transposeB } = shape;
        const [a, b] = [values(batch * rows * depth, 1), values(batch * depth * columns, 2)];
        const c = matMul(
          tensor(a, [batch, ...(transposeA ? [depth, rows] : [rows, depth])]),
          tensor(b, [batch, ...(transposeB ? [columns, depth] : [depth, columns])]),
          ...([transposeA, transposeB] as const),
        );
        const [first, second] = [0, 1].map((index) =>
          product(a.subarray(index * rows * depth), b.subarray(index * depth * columns), shape),
        );
        expectClose(await c.data(), [...first!, ...second!], tolerance, JSON.stringify(shape));
      }
    });

    // as loops, it takes SwiftShader minutes to compile
    test.skipIf(path?.kind === "matrix-units")("a product of the largest tiles is that of float64", async () => {
      const shape = { rows: 800, columns: 772, depth: 36, transposeA: off, transposeB: on };
      const [a, b] = [values(shape.rows * shape.depth, 1), values(shape.columns * shape.depth, 2)];
      const c = matMul(tensor(a, [shape.rows, shape.depth]), tensor(b, [shape.columns, shape.depth]), off, on);
      expectClose(await c.data(), product(a, b, shape), tolerance, "large");
    });

    test.skipIf(isShort)("a weight's gradient, whose depth is cut into pieces, is that of float64", async () => {
      const shape = { rows: 12, columns: 9, depth: 2050, transposeA: on, transposeB: off };
      const [a, b] = [values(shape.depth * shape.rows, 3), values(shape.depth * shape.columns, 4)];
      const c = matMul(tensor(a, [shape.depth, shape.rows]), tensor(b, [shape.depth, shape.columns]), on, off);
      expectClose(await c.data(), product(a, b, shape), tolerance, "pieces");
    });

    const formats: readonly WeightFormat[] =
      everywhere && path !== undefined ? ["bf16", "int8", "nf4+dq", "q4_k"] : ["nf4"];
    test.skipIf(isShort).each(["f32", ...formats] as const)(
      "linear, both directions, with a weight in %s",
      async (format) => {
        const [rows, output, input] = format === "q4_k" ? [5, 4, 256] : [19, 36, 44];
        const given = values(output * input, 5);
        const stored = format === "f32" ? null : storeWeight(given, [output, input], format);
        const weight =
          stored === null
            ? tensor(given, [output, input])
            : storedWeight(stored.format, stored.shape, () => stored.bytes);
        const wide = stored === null ? given : readStored(stored);
        const [x, dy, bias] = [values(rows * input, 6), values(rows * output, 7), values(output, 8)];
        const forward = linearOf(tensor(x, [rows, input]), weight, tensor(bias, [output]), false);
        const shape = { rows, columns: output, depth: input, transposeA: off, transposeB: on };
        const expected = product(x, wide, shape).map((value, index) => value + bias[index % output]!);
        expectClose(await forward.data(), expected, tolerance, "forward");
        const backward = linearOf(tensor(dy, [rows, output]), weight, undefined, true);
        const back = { rows, columns: input, depth: output, transposeA: off, transposeB: off };
        expectClose(await backward.data(), product(dy, wide, back), tolerance, "backward");
        weight.dispose();
      },
    );

    test("an operand beyond 65504 gives values that are not finite, those below it do not", async () => {
      const shape = products[1]!; // compiled above
      const { rows, columns, depth, transposeA, transposeB } = shape;
      const [a, b] = [new Float32Array(rows * depth).fill(60_000), new Float32Array(depth * columns).fill(1)];
      a[0] = 70_000; // of the first row, since A is transposed
      const c = await matMul(tensor(a, [depth, rows]), tensor(b, [depth, columns]), transposeA, transposeB).data();
      expect(c.slice(0, columns).some(Number.isFinite)).toBe(false);
      expectClose(c.slice(columns), product(a, b, shape).slice(columns), tolerance, "finite");
    });
  });
});
