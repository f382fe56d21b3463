import { type GpuKernel, rowsOf } from "./context.js";
import { entry, groupsFor, type Program, sumOverGroup, threads } from "./program.js";
import { sumRows } from "./sums.js";

const uniforms = ["rows: u32", "channels: u32", "epsilon: f32"];

/** WGSL over the channels of the workgroup's row. */
const eachChannel = (body: string): string =>
  `for (var channel = local; channel < uniforms.channels; channel += ${threads}u) { let at = first + channel; ${body} }`;

const inverse = `
  if (group >= uniforms.rows) { return; }
  let first = group * uniforms.channels;
  var squares = 0.0;
  ${eachChannel("squares = fma(x[at], x[at], squares);")}
  let inverse = inverseSqrt(groupSum(squares, local) / f32(uniforms.channels) + uniforms.epsilon);`;

const weighted = (hasWeight: boolean, value: string): string => (hasWeight ? `${value} * weight[channel]` : value);

const forward = (hasWeight: boolean): Program => ({
  name: hasWeight ? "rmsNorm" : "rmsNorm without weight",
  reads: hasWeight ? ["x", "weight"] : ["x"],
  writes: ["result"],
  uniforms,
  source: `${sumOverGroup}
${entry(threads, `${inverse}\n${eachChannel(`result[at] = ${weighted(hasWeight, "x[at] * inverse")};`)}`)}`,
});

const gradient = (hasWeight: boolean): Program => ({
  name: hasWeight ? "rmsNormGradient" : "rmsNormGradient without weight",
  reads: hasWeight ? ["dy", "x", "weight"] : ["dy", "x"],
  writes: ["result"],
  uniforms,
  source: `${sumOverGroup}
${entry(
  threads,
  `${inverse}
  var products = 0.0;
  ${eachChannel(`products = fma(${weighted(hasWeight, "dy[at]")}, x[at] * inverse, products);`)}
  let along = groupSum(products, local) / f32(uniforms.channels); // the part of the gradient along x
  ${eachChannel(`result[at] = inverse * (${weighted(hasWeight, "dy[at]")} - x[at] * inverse * along);`)}`,
)}`,
});

const products: Program = {
  name: "rmsNorm products",
  reads: ["dy", "x"],
  writes: ["result"],
  uniforms,
  source: `${sumOverGroup}\n${entry(threads, `${inverse}\n${eachChannel("result[at] = dy[at] * x[at] * inverse;")}`)}`,
};

const [withWeight, withoutWeight] = [forward(true), forward(false)];
const [gradientWithWeight, gradientWithoutWeight] = [gradient(true), gradient(false)];

export const rmsNorm: GpuKernel = (context, { x, weight }, { epsilon }) => {
  const { rows, channels } = rowsOf(x!);
  const result = context.output(x!.shape);
  const program = weight === undefined ? withoutWeight : withWeight;
  context.run(program, { x, weight, result }, [rows, channels, epsilon as number], groupsFor(rows));
  return result;
};

export const rmsNormGradient: GpuKernel = (context, { dy, x, weight }, { epsilon }) => {
  const { rows, channels } = rowsOf(x!);
  const result = context.output(x!.shape);
  const program = weight === undefined ? gradientWithoutWeight : gradientWithWeight;
  context.run(program, { dy, x, weight, result }, [rows, channels, epsilon as number], groupsFor(rows));
  return result;
};

export const rmsNormWeightGradient: GpuKernel = (context, { dy, x }, { epsilon }) => {
  const { rows, channels } = rowsOf(x!);
  const result = context.output(x!.shape);
  context.run(products, { dy, x, result }, [rows, channels, epsilon as number], groupsFor(rows));
  const sums = sumRows(context, result, rows, channels);
  context.free(result);
  return sums;
};
