// Times every kernel of the current backend by wrapping it; a kernel that calls another counts both.
import { tf } from "@petl/tensor";

/** With `shapes`, products of matrices are also told apart by their operands. */
export function timeKernels({ shapes = false } = {}) {
  const times = new Map();
  const entryOf = (name, flop) => {
    if (!times.has(name)) times.set(name, { ms: 0, calls: 0, flop });
    return times.get(name);
  };
  const configs = tf.getKernelsForBackend(tf.getBackend());
  const replace = (config) => {
    tf.unregisterKernel(config.kernelName, config.backendName);
    tf.registerKernel(config);
  };
  for (const config of configs) {
    const kernelFunc = (call) => {
      const begin = performance.now();
      const result = config.kernelFunc(call);
      const ms = performance.now() - begin;
      const entries = [entryOf(config.kernelName)];
      if (shapes && productKernels.has(config.kernelName)) entries.push(entryOf(...product(call)));
      for (const entry of entries) {
        entry.ms += ms;
        entry.calls += 1;
      }
      return result;
    };
    replace({ ...config, kernelFunc });
  }
  const totalOf = (wanted) =>
    [...times]
      .filter(([name, { flop }]) => flop === undefined && wanted(name))
      .reduce((sum, [, { ms }]) => sum + ms, 0);
  return {
    /** Puts the kernels back as they were. */
    restore: () => configs.forEach(replace),
    reset: () => times.clear(),
    /** Rows for `console.table`, a step each, longest first. */
    table(steps) {
      const rows = [...times].map(([name, { ms, calls, flop }]) => ({
        ...{ name, ms: +(ms / steps).toFixed(2), calls: calls / steps },
        ...(flop && { "GFLOP/s": +((1e-6 * flop * calls) / ms).toFixed(1) }),
      }));
      return rows.sort((a, b) => b.ms - a.ms);
    },
    /** Milliseconds a step in all kernels. */
    total: (steps) => totalOf(() => true) / steps,
    /** Milliseconds a step by kind, and multiplications and additions of the products (with `shapes`). */
    summary: (steps) => ({
      products: totalOf((name) => productKernels.has(name)) / steps,
      attention: totalOf((name) => name.startsWith("PetlAttention")) / steps,
      all: totalOf(() => true) / steps,
      flop: [...times.values()].reduce((sum, { calls, flop = 0 }) => sum + calls * flop, 0) / steps,
    }),
  };
}

const productKernels = new Set([tf.BatchMatMul, "PetlLinear"]);

/** Name and multiplications and additions of a product. */
function product({ inputs: { a, b, x, weight }, attrs: { transposeA, transposeB, transposed } }) {
  if (x !== undefined) {
    const rows = `${x.size / x.shape.at(-1)},${x.shape.at(-1)}`;
    return [`[${rows}] [${weight.shape}]${transposed ? "" : "T"}`, 2 * x.size * weight.shape.at(transposed ? 1 : 0)];
  }
  const columns = b.shape.at(transposeB ? -2 : -1);
  return [`[${a.shape}]${transposeA ? "T" : ""} [${b.shape}]${transposeB ? "T" : ""}`, 2 * a.size * columns];
}
