import { Float } from "../wasm/runner.js";
import { type CpuKernel, rowsOf } from "./context.js";

const epsilonOf = (attributes: { readonly epsilon?: unknown }): Float => new Float(attributes.epsilon as number);

export const layerNorm: CpuKernel = (context, inputs, attributes) => {
  const x = inputs.x!;
  const { rows, channels } = rowsOf(x);
  const output = context.output(x.shape);
  const addresses = [x, inputs.weight, inputs.bias, output].map((tensor) => context.address(tensor));
  context.runner.run("layerNorm", rows, 900 * channels, [...addresses, channels, epsilonOf(attributes)]);
  return output;
};

export const layerNormGradient: CpuKernel = (context, inputs, attributes) => {
  const x = inputs.x!;
  const { rows, channels } = rowsOf(x);
  const output = context.output(x.shape);
  const addresses = [inputs.dy, x, inputs.weight, output].map((tensor) => context.address(tensor));
  context.runner.run("layerNormGradient", rows, 1500 * channels, [...addresses, channels, epsilonOf(attributes)]);
  return output;
};

export const layerNormWeightGradient: CpuKernel = (context, inputs, attributes) => {
  const [dy, x] = [inputs.dy!, inputs.x!];
  const { rows, channels } = rowsOf(x);
  const statistics = context.output([rows, 2]);
  const at = context.address(statistics);
  const first = [context.address(x), at, channels, epsilonOf(attributes)];
  context.runner.run("layerNormStatistics", rows, 600 * channels, first);
  const output = context.output([channels]);
  const job = [context.address(dy), context.address(x), at, context.address(output), rows, channels];
  context.runner.run("layerNormWeightGradient", Math.ceil(channels / 4), 4000 * rows, job);
  context.backend.disposeData(statistics.dataId);
  return output;
};
