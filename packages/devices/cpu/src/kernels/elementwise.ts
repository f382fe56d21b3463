import { Float } from "../wasm/runner.js";
import { type CpuKernel, sizeOf } from "./context.js";

/** A kernel from tensors of one shape to one tensor of that shape. */
function elementwise(name: string, picoseconds: number, inputNames: readonly string[]): CpuKernel {
  return (context, inputs) => {
    const { shape } = inputs[inputNames[0]!]!;
    const output = context.output(shape);
    const addresses = inputNames.map((input) => context.address(inputs[input]));
    context.runner.run(name, sizeOf(shape), picoseconds, [...addresses, context.address(output)]);
    return output;
  };
}

export const relu = elementwise("relu", 300, ["x"]);
export const reluGradient = elementwise("reluGradient", 400, ["dy", "y"]);
export const gelu = elementwise("gelu", 2000, ["x"]);
export const geluGradient = elementwise("geluGradient", 3000, ["dy", "x"]);
export const geluErf = elementwise("geluErf", 3000, ["x"]);
export const geluErfGradient = elementwise("geluErfGradient", 3500, ["dy", "x"]);
export const swiGlu = elementwise("swiGlu", 2000, ["gate", "up"]);

/** dGate and dUp. */
export const swiGluGradient: CpuKernel = (context, { dy, gate, up }) => {
  const [dGate, dUp] = [context.output(gate!.shape), context.output(gate!.shape)];
  const job = [dy, gate, up, dGate, dUp].map((tensor) => context.address(tensor));
  context.runner.run("swiGluGradient", sizeOf(gate!.shape), 3000, job);
  return [dGate, dUp];
};

/** One optimizer step of one tensor, in place; no output. */
export const adamW: CpuKernel = (context, inputs, attributes) => {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attributes as Record<string, number>;
  const { param, gradient, mean, variance, scale } = inputs;
  context.runner.run("adamW", sizeOf(param!.shape), 1500, [
    ...[param, gradient, mean, variance, scale].map((tensor) => context.address(tensor)),
    new Float(1 - learningRate! * weightDecay!),
    new Float(beta1!),
    new Float(1 - beta1!),
    new Float(beta2!),
    new Float(1 - beta2!),
    new Float(learningRate! / (1 - beta1! ** step!)),
    new Float(1 / Math.sqrt(1 - beta2! ** step!)),
    new Float(epsilon!),
  ]);
  return [];
};
