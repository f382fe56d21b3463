import { type RandomKey, randomValues } from "@petl/tensor";
import { Float } from "../wasm/runner.js";
import { type CpuKernel, sizeOf } from "./context.js";

/** Values of a stream. Normal ones go through JavaScript's `log` and `cos`, so that every device draws the same bits. */
export const random: CpuKernel = (context, _inputs, attributes) => {
  const { shape, key, distribution } = attributes as { shape: number[]; key: RandomKey; distribution: string };
  const size = sizeOf(shape);
  const output = context.output(shape);
  if (distribution === "normal") {
    context.backend.typedArrayFromHeap(output).set(randomValues("normal", size, key));
  } else {
    context.runner.run("uniform", Math.ceil(size / 16), 30_000, [context.address(output), ...key, size]);
  }
  return output;
};

/** A value is kept if its 24 random bits, as a number in [0, 1), are at least `rate`. */
export const dropout: CpuKernel = (context, inputs, attributes) => {
  const { rate, key } = attributes as { rate: number; key: RandomKey };
  const x = inputs.x!;
  const size = sizeOf(x.shape);
  const output = context.output(x.shape);
  const addresses = [context.address(x), context.address(output)];
  const job = [...addresses, ...key, size, Math.ceil(rate * 2 ** 24), new Float(1 / (1 - rate))];
  context.runner.run("dropout", Math.ceil(size / 16), 30_000, job);
  return output;
};
