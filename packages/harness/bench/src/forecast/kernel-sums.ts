import type { KernelCost } from "@petl/device-plan";
import type { Phase } from "@petl/tensor";

/** Operations or bytes of one phase of a step, or of all of it. */
export function sumOf(kernels: readonly KernelCost[], what: "flops" | "bytesMoved", phase?: Phase): number {
  const counted = kernels.filter((cost) => phase === undefined || cost.phase === phase);
  return counted.reduce((sum, cost) => sum + cost.calls * cost[what], 0);
}
