import { elementwiseKernels } from "./elementwise.js";
import { fusedKernels } from "./fused.js";
import type { PlanKernel } from "./kernel.js";
import { movementKernels } from "./movement.js";
import { reductionKernels } from "./reductions.js";

/** Every kernel this device registers, by tfjs name. */
export const planKernels: Readonly<Record<string, PlanKernel>> = {
  ...elementwiseKernels,
  ...movementKernels,
  ...reductionKernels,
  ...(fusedKernels as Record<string, PlanKernel>),
};
