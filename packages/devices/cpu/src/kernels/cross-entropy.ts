import { type CpuKernel, rowsOf } from "./context.js";

export const crossEntropy: CpuKernel = (context, inputs) => {
  const { rows, channels } = rowsOf(inputs.logits!);
  const output = context.output([rows]);
  const addresses = [inputs.logits, inputs.labels, output].map((tensor) => context.address(tensor));
  context.runner.run("crossEntropy", rows, 2000 * channels, [...addresses, channels]);
  return output;
};

export const crossEntropyGradient: CpuKernel = (context, inputs) => {
  const { rows, channels } = rowsOf(inputs.logits!);
  const output = context.output(inputs.logits!.shape);
  const addresses = [inputs.dy, inputs.logits, inputs.labels, inputs.loss, output].map((tensor) =>
    context.address(tensor),
  );
  context.runner.run("crossEntropyGradient", rows, 1500 * channels, [...addresses, channels]);
  return output;
};
