import { Float } from "../wasm/runner.js";
import { type CpuKernel, sizeOf } from "./context.js";

/** Rotary position embedding. @throws Error if a position has no row in the table: the kernel would read beyond it */
export const rotary: CpuKernel = (context, inputs, { heads, isBack }) => {
  const [x, positions, table] = [inputs.x!, inputs.positions!, inputs.table!];
  const [count, size] = table.shape as [number, number];
  for (const position of context.backend.typedArrayFromHeap(positions) as Int32Array) {
    if (position < 0 || position >= count) {
      throw new Error(`rotary: expected positions 0 to ${count - 1}, as the table has them, got ${position}`);
    }
  }
  const output = context.output(x.shape);
  const addresses = [x, positions, table, output].map((tensor) => context.address(tensor));
  const direction = new Float(isBack === true ? -1 : 1);
  const job = [...addresses, heads as number, size / 2, direction];
  context.runner.run("rotary", sizeOf(positions.shape), 500 * (heads as number) * size, job);
  return output;
};
