import { type CpuKernel, rowsOf } from "./context.js";

/** Softmax over the last axis. tfjs's own sums a row in an order that depends on its length, so padding would change its bits. */
export const softmax: CpuKernel = (context, inputs) => {
  const logits = inputs.logits!;
  const { rows, channels } = rowsOf(logits);
  const output = context.output(logits.shape);
  context.runner.run("softmax", rows, 2000 * channels, [context.address(logits), context.address(output), channels]);
  return output;
};
