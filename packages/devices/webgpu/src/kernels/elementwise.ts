import { type GpuKernel, sizeOf } from "./context.js";
import { elementwise, entry, groupsFor, type Program, threads } from "./program.js";

/** A kernel from tensors of one shape to one tensor of that shape. */
function kernelOf(program: Program): GpuKernel {
  return (context, inputs) => {
    const { shape } = inputs[program.reads[0]!]!;
    const result = context.output(shape);
    const size = sizeOf(shape);
    context.run(program, { ...inputs, result }, [size], groupsFor(Math.ceil(size / threads)));
    return result;
  };
}

// tanh overflows in some drivers beyond 44
const saturation = `
fn saturation(x: f32) -> f32 {
  return tanh(clamp(${Math.sqrt(2 / Math.PI)} * x * (1.0 + 0.044715 * x * x), -15.0, 15.0));
}
fn geluSlope(x: f32) -> f32 {
  let t = saturation(x);
  let inner = ${Math.sqrt(2 / Math.PI)} * (1.0 + ${3 * 0.044715} * x * x);
  return 0.5 * (t + 1.0) + 0.5 * x * (1.0 - t * t) * inner;
}`;

export const relu = kernelOf(elementwise("relu", ["x"], "max(x[index], 0.0)"));
export const reluGradient = kernelOf(
  elementwise("reluGradient", ["dy", "y"], "select(0.0, dy[index], y[index] > 0.0)"),
);
export const gelu = kernelOf(elementwise("gelu", ["x"], "0.5 * x[index] * (1.0 + saturation(x[index]))", saturation));
export const geluGradient = kernelOf(
  elementwise("geluGradient", ["dy", "x"], "dy[index] * geluSlope(x[index])", saturation),
);

// WGSL has no erf. Up to 1: 1/2 + x P(x^2); beyond: Phi(-|x|) = exp(-x^2 / 2) Q(1 / (1 + 0.35 |x|)), with the fits of the CPU device.
const normalDistribution = `
fn normalDistribution(x: f32, power: f32) -> f32 {
  let square = x * x;
  let near = 0.5 + x * (0.39894228 + square * (-6.64903610e-2 + square * (9.97333172e-3 + square * (-1.18635306e-3
    + square * (1.13512656e-4 - square * 7.66467944e-6)))));
  let t = 1.0 / (1.0 + 0.35 * abs(x));
  let tail = power * (8.91293204e-4 + t * (0.128317718 + t * (0.19856961 + t * (-3.80412834e-2 + t * (0.323718885
    - t * 0.11352484)))));
  return select(select(tail, 1.0 - tail, x > 0.0), near, abs(x) < 1.0);
}
fn geluErf(x: f32) -> f32 { return x * normalDistribution(x, exp(-0.5 * x * x)); }
fn geluErfSlope(x: f32) -> f32 {
  let power = exp(-0.5 * x * x);
  return normalDistribution(x, power) + x * power * ${1 / Math.sqrt(2 * Math.PI)};
}`;

export const geluErf = kernelOf(elementwise("geluErf", ["x"], "geluErf(x[index])", normalDistribution));
export const geluErfGradient = kernelOf(
  elementwise("geluErfGradient", ["dy", "x"], "dy[index] * geluErfSlope(x[index])", normalDistribution),
);

const swiGluGradientProgram: Program = {
  name: "swiGluGradient",
  reads: ["dy", "gate", "up"],
  writes: ["dGate", "dUp"],
  uniforms: ["size: u32"],
  source: entry(
    threads,
    `let index = group * ${threads}u + local;
  if (index >= uniforms.size) { return; }
  let open = 1.0 / (1.0 + exp(-max(gate[index], -80.0))); // where exp would overflow
  dGate[index] = dy[index] * up[index] * open * (1.0 + gate[index] * (1.0 - open));
  dUp[index] = dy[index] * gate[index] * open;`,
  ),
};

export const swiGlu = kernelOf(
  elementwise("swiGlu", ["gate", "up"], "gate[index] / (1.0 + exp(-max(gate[index], -80.0))) * up[index]"),
);

/** dGate and dUp. */
export const swiGluGradient: GpuKernel = (context, inputs) => {
  const { shape } = inputs.gate!;
  const [dGate, dUp] = [context.output(shape), context.output(shape)];
  const size = sizeOf(shape);
  const groups = groupsFor(Math.ceil(size / threads));
  context.run(swiGluGradientProgram, { ...inputs, dGate, dUp }, [size], groups);
  return [dGate, dUp];
};
