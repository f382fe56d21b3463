import { type GpuKernel, sizeOf } from "./context.js";
import { entry, groupsFor, type Program, threads } from "./program.js";

const program = (isScaled: boolean): Program => ({
  name: isScaled ? "adamW, clipped" : "adamW",
  reads: isScaled ? ["gradient", "scale"] : ["gradient"],
  writes: ["param", "mean", "variance"],
  differs: true,
  uniforms: [
    "size: u32",
    ...["keep: f32", "beta1: f32", "rest1: f32", "beta2: f32", "rest2: f32"],
    ...["rate: f32", "rootScale: f32", "epsilon: f32"],
  ],
  source: entry(
    threads,
    `let index = group * ${threads}u + local;
  if (index >= uniforms.size) { return; }
  let g = gradient[index]${isScaled ? " * scale[0]" : ""};
  let m = uniforms.beta1 * mean[index] + uniforms.rest1 * g;
  let v = uniforms.beta2 * variance[index] + uniforms.rest2 * g * g;
  mean[index] = m;
  variance[index] = v;
  param[index] = param[index] * uniforms.keep - uniforms.rate * m / (sqrt(v) * uniforms.rootScale + uniforms.epsilon);`,
  ),
});
const [scaled, unscaled] = [program(true), program(false)];

/** One optimizer step of one tensor, in place; no output. */
export const adamW: GpuKernel = (context, { param, gradient, mean, variance, scale }, attributes) => {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attributes as Record<string, number>;
  const size = sizeOf(param!.shape);
  context.run(
    scale === undefined ? unscaled : scaled,
    { param, gradient, mean, variance, scale },
    [
      size,
      1 - learningRate! * weightDecay!,
      ...[beta1!, 1 - beta1!, beta2!, 1 - beta2!],
      learningRate! / (1 - beta1! ** step!),
      1 / Math.sqrt(1 - beta2! ** step!),
      epsilon!,
    ],
    groupsFor(Math.ceil(size / threads)),
  );
  return [];
};
