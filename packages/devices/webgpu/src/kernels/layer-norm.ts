import {
  type Attributes,
  type GpuKernel,
  type Inputs,
  type KernelContext,
  rowsOf,
  type TensorInfo,
} from "./context.js";
import { entry, groupsFor, type Program, sumOverGroup, threads } from "./program.js";
import { sumRows } from "./sums.js";

const uniforms = ["rows: u32", "channels: u32", "epsilon: f32"];

/** WGSL over the channels of the workgroup's row. */
const eachChannel = (body: string): string =>
  `for (var channel = local; channel < uniforms.channels; channel += ${threads}u) { let at = first + channel; ${body} }`;

const statistics = `
  if (group >= uniforms.rows) { return; }
  let first = group * uniforms.channels;
  let channels = f32(uniforms.channels);
  var sum = 0.0;
  ${eachChannel("sum += x[at];")}
  let mean = groupSum(sum, local) / channels;
  var squares = 0.0;
  ${eachChannel("let centered = x[at] - mean; squares = fma(centered, centered, squares);")}
  let inverse = inverseSqrt(groupSum(squares, local) / channels + uniforms.epsilon);`;

const program = (name: string, reads: readonly string[], body: string): Program => ({
  name,
  reads,
  writes: ["result"],
  uniforms,
  source: `${sumOverGroup}\n${entry(threads, `${statistics}\n  ${body}`)}`,
});

const forward = program(
  "layerNorm",
  ["x", "weight", "bias"],
  eachChannel("result[at] = fma((x[at] - mean) * inverse, weight[channel], bias[channel]);"),
);

const gradient = program(
  "layerNormGradient",
  ["dy", "x", "weight"],
  `var level = 0.0;
  var products = 0.0;
  ${eachChannel("let d = dy[at] * weight[channel]; level += d; products = fma(d, (x[at] - mean) * inverse, products);")}
  let meanLevel = groupSum(level, local) / channels;
  let along = groupSum(products, local) / channels; // the part of the gradient along x
  ${eachChannel("result[at] = inverse * (dy[at] * weight[channel] - meanLevel - (x[at] - mean) * inverse * along);")}`,
);

const products = program(
  "layerNorm products",
  ["dy", "x"],
  eachChannel("result[at] = dy[at] * (x[at] - mean) * inverse;"),
);

/** Runs a program with one workgroup for each row of x. */
const byRow =
  (of: Program) =>
  (context: KernelContext, inputs: Inputs, { epsilon }: Attributes): TensorInfo => {
    const { rows, channels } = rowsOf(inputs.x!);
    const result = context.output(inputs.x!.shape);
    context.run(of, { ...inputs, result }, [rows, channels, epsilon as number], groupsFor(rows));
    return result;
  };

export const layerNorm: GpuKernel = byRow(forward);
export const layerNormGradient: GpuKernel = byRow(gradient);

export const layerNormWeightGradient: GpuKernel = (context, inputs, attributes) => {
  const { rows, channels } = rowsOf(inputs.x!);
  const result = byRow(products)(context, inputs, attributes);
  const sums = sumRows(context, result, rows, channels);
  context.free(result);
  return sums;
};
