import { tf } from "@petl/tensor";
import { type OutputShape, type PlanKernel, sizeOf } from "./kernel.js";

/** A kernel over equal or broadcast operands `a` and `b`, one operation per value. */
const binary =
  (dtype?: tf.DataType): PlanKernel =>
  ({ a, b }) => {
    const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a!.shape], [...b!.shape]);
    return { outputs: [{ shape, dtype: dtype ?? a!.dtype }], flops: sizeOf(shape) };
  };

/** A kernel from `x` to a tensor of its shape. */
export const unary =
  (flopsPerValue: number, input = "x", dtype?: tf.DataType): PlanKernel =>
  (inputs) => {
    const x = inputs[input]!;
    return { outputs: [{ shape: x.shape, dtype: dtype ?? x.dtype }], flops: flopsPerValue * sizeOf(x.shape) };
  };

const fromNothing = (output: OutputShape): ReturnType<PlanKernel> => ({ outputs: [output], flops: 0 });

const arithmetic = [tf.Add, tf.Sub, tf.Multiply, tf.RealDiv, tf.FloorDiv, tf.Maximum, tf.Minimum, tf.Pow];
const comparisons = [tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual];
const functions = [
  ...[tf.Abs, tf.Neg, tf.Sign, tf.Floor, tf.Ceil, tf.Round, tf.Exp, tf.Expm1, tf.Log, tf.Log1p, tf.Sqrt, tf.Rsqrt],
  ...[tf.Square, tf.Reciprocal, tf.Sin, tf.Cos, tf.Tanh, tf.Sigmoid, tf.Relu, tf.Elu, tf.Erf, tf.Softplus],
  ...[tf.ClipByValue, tf.Step, tf.LeakyRelu, tf.Cumsum],
];

const each = (names: readonly string[], kernel: PlanKernel): Record<string, PlanKernel> =>
  Object.fromEntries(names.map((name) => [name, kernel]));

/** Elementwise stock kernels, and those that fill a new tensor. */
export const elementwiseKernels: Readonly<Record<string, PlanKernel>> = {
  ...each([...arithmetic, tf.SquaredDifference, tf.Mod, tf.Prelu], binary()),
  ...each([...comparisons, tf.LogicalAnd, tf.LogicalOr], binary("bool")),
  ...each(functions, unary(1)),
  [tf.LogicalNot]: unary(1, "x", "bool"),
  [tf.Softmax]: unary(5, "logits"), // maximum, difference, exponential, sum, quotient
  [tf.LogSoftmax]: unary(5, "logits"),
  [tf.Cast]: ({ x }, { dtype }) => ({ outputs: [{ shape: x!.shape, dtype: dtype as tf.DataType }], flops: 0 }),
  [tf.Select]: ({ condition, t, e }) => ({
    outputs: [{ shape: t!.shape, dtype: e!.dtype }],
    flops: sizeOf(condition!.shape),
  }),
  [tf.AddN]: (inputs) => {
    const all = Object.values(inputs);
    const { shape, dtype } = all[0]!;
    return { outputs: [{ shape, dtype }], flops: (all.length - 1) * sizeOf(shape) };
  },
  [tf.ZerosLike]: ({ x }) => ({ ...fromNothing(x!), bytesMoved: 4 * sizeOf(x!.shape) }),
  [tf.OnesLike]: ({ x }) => ({ ...fromNothing(x!), bytesMoved: 4 * sizeOf(x!.shape) }),
  [tf.Fill]: (_, { shape, value, dtype }) =>
    fromNothing({
      shape: shape as number[],
      dtype: (dtype as tf.DataType | undefined) ?? (typeof value === "boolean" ? "bool" : "float32"),
    }),
  [tf.Range]: (_, { start, stop, step, dtype }) => {
    const [from, to, by] = [start, stop, step] as number[];
    return fromNothing({ shape: [Math.max(0, Math.ceil((to! - from!) / by!))], dtype: dtype as tf.DataType });
  },
};
