import { cpu } from "./provider.js";

export type { CpuDeviceOptions, CpuDeviceProvider } from "./provider.js";
export default cpu;
