import { type GpuKernel, sizeOf } from "./context.js";
import { elementwise, groupsFor, type Program, threads } from "./program.js";

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
