import { webgpu } from "./provider.js";

export type { AdapterName } from "./dawn/adapter.js";
export type { WebGpuDevice } from "./provider.js";
export default webgpu;
