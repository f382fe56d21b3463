// A step's least time on a GPU: each kernel takes the longer of its arithmetic and its memory traffic. Williams, Waterman and Patterson
// 2009, https://doi.org/10.1145/1498765.1498785. Launches, waits of the host and overlap are left out.

/** Share of a card's rate for half precision that VK_KHR_cooperative_matrix reaches, by published peak tests: 608 to 612 of 989.5 TFLOP/s. */
export const cooperativeShare = 2 / 3;

/** Kernels that the device computes with matrix units in f16; attention's own products stay on plain arithmetic. */
const onMatrixUnits = new Set(["BatchMatMul", "PetlLinear"]);

/** What a reader asks a step's time to be split into. */
const kinds = [
  ["matrix products", (kernel) => onMatrixUnits.has(kernel)],
  ["attention", (kernel) => /Attention/.test(kernel)],
  ["recurrent cells", (kernel) => /Recurrent/.test(kernel)],
  ["optimizer", (kernel) => /AdamW/.test(kernel)],
  ["everything else", () => true],
];
export const kindNames = kinds.map(([name]) => name);

/** Operations a second that a kernel may reach in a precision. f32x3 makes three products of each. */
function rateOf({ kernel }, { f32FlopsPerS, f16FlopsPerS }, precision) {
  if (precision === "f32" || !onMatrixUnits.has(kernel)) return f32FlopsPerS;
  return (cooperativeShare * f16FlopsPerS) / (precision === "f32x3" ? 3 : 1);
}

/**
 * Seconds of a step, all together and by kind, and the share in which memory is what limits.
 *
 * Values are float32 in memory in every precision: operands are rounded where a tile of them is fetched.
 *
 * @param {readonly import("@petl/device-plan").KernelCost[]} kernels
 * @param {import("@petl/bench").GpuSpec} spec
 * @param {"f32" | "f16" | "f32x3"} precision
 */
export function predictStep(kernels, spec, precision) {
  const byKind = Object.fromEntries(kindNames.map((name) => [name, 0]));
  let [stepS, memoryBoundS, flops, bytesMoved] = [0, 0, 0, 0];
  for (const cost of kernels) {
    const arithmeticS = cost.flops / rateOf(cost, spec, precision);
    const trafficS = cost.bytesMoved / spec.memoryBytesPerS;
    const timeS = cost.calls * Math.max(arithmeticS, trafficS);
    const [kind] = kinds.find(([, isOf]) => isOf(cost.kernel));
    byKind[kind] += timeS;
    stepS += timeS;
    flops += cost.calls * cost.flops;
    bytesMoved += cost.calls * cost.bytesMoved;
    if (trafficS > arithmeticS) memoryBoundS += timeS;
  }
  const calls = kernels.reduce((sum, cost) => sum + cost.calls, 0);
  return { stepS, byKind, memoryBoundShare: memoryBoundS / stepS, flops, bytesMoved, calls };
}
