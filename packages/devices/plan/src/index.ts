import { plan } from "./provider.js";

export { type Costs, type KernelCost, recordCosts } from "./recorder.js";
export default plan;
