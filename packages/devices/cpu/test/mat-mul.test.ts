import type { Device, Tensor } from "@petl/tensor";
import { linear, tf } from "@petl/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBlas } from "../src/blas/library.js";
import cpu from "../src/index.js";
import { bits, expectClose, normal } from "./compare.js";

/** Batch 1, by the definition, in float64. */
function naive(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const [left, right] = [a.arraySync() as number[][], b.arraySync() as number[][]];
  const rows = transposeA ? left[0]!.length : left.length;
  const depth = transposeA ? left.length : left[0]!.length;
  const columns = transposeB ? right.length : right[0]!.length;
  const at = (i: number, p: number): number => (transposeA ? left[p]![i]! : left[i]![p]!);
  const bt = (p: number, j: number): number => (transposeB ? right[j]![p]! : right[p]![j]!);
  const cells = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => {
      let sum = 0;
      for (let p = 0; p < depth; p++) sum += at(i, p) * bt(p, j);
      return sum;
    }),
  );
  return tf.tensor2d(cells);
}

const layouts = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

const host = findBlas();
if (host.library === null) console.warn(`skipped: matMul by the host's BLAS, as there is none: ${host.reason}`);
const choices = [...(["wasm", "simd"] as const), ...(host.library === null ? [] : (["blas"] as const))];

describe.each(choices)("matMul by %s", (kernels) => {
  let device: Device;
  beforeAll(async () => {
    device = await cpu.open({ kernels });
  });
  afterAll(() => device.close());

  test.each([
    [1, 1, 1],
    [3, 5, 7],
    [4, 8, 8],
    [5, 300, 9],
    [67, 33, 17],
    [70, 3, 530],
    [300, 20, 11],
    [2, 260, 150],
    [150, 260, 3],
    [1, 9, 40],
    [40, 9, 1],
    [40, 1, 30],
    [7, 12, 24],
    [13, 30, 16],
    [61, 41, 32],
  ])("%i x %i x %i equals the definition in all four layouts", (rows, depth, columns) => {
    for (const [transposeA, transposeB] of layouts) {
      const a = normal(transposeA ? [depth, rows] : [rows, depth], 1) as tf.Tensor2D;
      const b = normal(transposeB ? [columns, depth] : [depth, columns], 2) as tf.Tensor2D;
      expectClose(tf.matMul(a, b, transposeA, transposeB), naive(a, b, transposeA, transposeB));
    }
  });

  test.each([
    [[6], [6]],
    [
      [2, 3],
      [2, 3],
    ],
    [[1], [4]],
    [[4], [1]],
    [
      [2, 1],
      [1, 3],
    ],
    [
      [5, 1],
      [5, 2],
    ],
  ])("batches %j and %j broadcast", (batchA, batchB) => {
    const [a, b] = [normal([...batchA, 5, 6], 1), normal([...batchB, 6, 9], 2)];
    const product = tf.matMul(a, b);
    const full = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
    const left = tf.unstack(tf.reshape(tf.broadcastTo(a, [...full, 5, 6]), [-1, 5, 6]));
    const right = tf.unstack(tf.reshape(tf.broadcastTo(b, [...full, 6, 9]), [-1, 6, 9]));
    const expected = left.map((matrix, index) => naive(matrix, right[index]!, false, false));
    expectClose(product, tf.reshape(tf.stack(expected), [...full, 5, 9]));
  });

  test("integers multiply exactly and vectors are refused", () => {
    const [a, b] = [
      tf.tensor2d(
        [
          [1, -2],
          [3, 70_000],
        ],
        [2, 2],
        "int32",
      ),
      tf.tensor2d(
        [
          [5, 6],
          [7, 8],
        ],
        [2, 2],
        "int32",
      ),
    ];
    const product = tf.matMul(a, b, false, true);
    expect([product.dtype, product.arraySync()]).toEqual([
      "int32",
      [
        [-7, -9],
        [420_015, 560_021],
      ],
    ]);
    expect(() =>
      tf.matMul(tf.tensor1d([1, 2]) as unknown as tf.Tensor2D, tf.zeros([2, 2]) as tf.Tensor2D),
    ).toThrowError(/expected matrices/);
  });

  test("a linear layer's products go on from its bias", () => {
    const [x, weight, bias] = [normal([2, 35, 3000], 5), normal([70, 3000], 6), normal([70], 7)];
    const product = tf.matMul(tf.reshape(x, [70, 3000]) as tf.Tensor2D, weight as tf.Tensor2D, false, true);
    expectClose(linear(x, weight, bias), tf.reshape(tf.add(product, bias), [2, 35, 70]), 1e-5);
    expectClose(linear(x, weight), tf.reshape(product, [2, 35, 70]), 1e-5);
  });

  test.skipIf(kernels === "blas")("a row's product is the same bits whatever rows stand around it", () => {
    const [a, b] = [normal([301, 270], 3) as tf.Tensor2D, normal([270, 45], 4) as tf.Tensor2D];
    const whole = bits(tf.matMul(a, b));
    for (const [begin, count] of [
      [0, 1],
      [2, 3],
      [63, 66],
      [255, 46],
    ] as const) {
      const part = tf.matMul(tf.slice(a, [begin, 0], [count, 270]) as tf.Tensor2D, b);
      expect(bits(part)).toEqual(whole.slice(begin * 45, (begin + count) * 45));
    }
  });

  test.skipIf(kernels === "blas")("zeros appended to the depth change no bit", () => {
    const [a, b] = [normal([9, 50], 5) as tf.Tensor2D, normal([50, 13], 6) as tf.Tensor2D];
    const padded = tf.matMul(
      tf.pad(a, [
        [0, 0],
        [0, 14],
      ]),
      tf.pad(b, [
        [0, 14],
        [0, 0],
      ]),
    );
    expect(bits(padded)).toEqual(bits(tf.matMul(a, b)));
  });
});

describe("the BLAS of the host", () => {
  test.skipIf(host.library === null)(
    "is named in the details, and multiplies on every thread as it does on one",
    async () => {
      const values: Float32Array[] = [];
      for (const threads of [1, 3]) {
        const device = await cpu.open({ kernels: "blas", threads });
        expect(device.details).toMatchObject({ products: "blas", rowIndependent: false });
        expect(device.details.blas).toContain(host.library!.name);
        const [a, b] = [normal([1024, 256], 7) as tf.Tensor2D, normal([1024, 256], 8) as tf.Tensor2D];
        const product = tf.matMul(a, b, false, true);
        values.push(product.dataSync().slice() as Float32Array);
        await device.close();
      }
      const [alone, shared] = values as [Float32Array, Float32Array];
      expect(Math.max(...alone.slice(0, 65536).map((value, index) => Math.abs(value - shared[index]!)))).toBeLessThan(
        1e-4,
      );
      expect(alone.length).toBe(shared.length);
    },
  );

  test("is left out where it is not asked for", async () => {
    const device = await cpu.open({ kernels: "wasm", threads: 1 });
    expect(device.details).toMatchObject({ products: "wasm", blas: null, rowIndependent: true });
    await device.close();
  });
});
