import { Float } from "../wasm/runner.js";
import { type CpuKernel, rowsOf } from "./context.js";

const epsilonOf = (attributes: { readonly epsilon?: unknown }): Float => new Float(attributes.epsilon as number);

export const rmsNorm: CpuKernel = (context, inputs, attributes) => {
  const x = inputs.x!;
  const { rows, channels } = rowsOf(x);
  const output = context.output(x.shape);
  const addresses = [x, inputs.weight, output].map((tensor) => context.address(tensor));
  context.runner.run("rmsNorm", rows, 600 * channels, [...addresses, channels, epsilonOf(attributes)]);
  return output;
};

export const rmsNormGradient: CpuKernel = (context, inputs, attributes) => {
  const x = inputs.x!;
  const { rows, channels } = rowsOf(x);
  const output = context.output(x.shape);
  const addresses = [inputs.dy, x, inputs.weight, output].map((tensor) => context.address(tensor));
  context.runner.run("rmsNormGradient", rows, 900 * channels, [...addresses, channels, epsilonOf(attributes)]);
  return output;
};

export const rmsNormWeightGradient: CpuKernel = (context, inputs, attributes) => {
  const [dy, x] = [inputs.dy!, inputs.x!];
  const { rows, channels } = rowsOf(x);
  const inverse = context.output([rows]);
  const at = context.address(inverse);
  context.runner.run("rmsNormInverse", rows, 300 * channels, [context.address(x), at, channels, epsilonOf(attributes)]);
  const output = context.output([channels]);
  const job = [context.address(dy), context.address(x), at, context.address(output), rows, channels];
  context.runner.run("rmsNormWeightGradient", Math.ceil(channels / 4), 4000 * rows, job);
  context.backend.disposeData(inverse.dataId);
  return output;
};
