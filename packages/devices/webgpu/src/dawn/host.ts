import { existsSync, readdirSync } from "node:fs";

/** Signs of a GPU on Linux: NVIDIA's driver, a render node, AMD's compute driver, WSL's. */
const nodes = ["/dev/nvidiactl", "/dev/kfd", "/dev/dxg"];

/** Whether it is worth loading Dawn and a Vulkan loader to look for a GPU; always true except on Linux. */
export function mayHaveGpu(): boolean {
  if (process.platform !== "linux" || nodes.some((node) => existsSync(node))) return true;
  return existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
}

export const noGpu = `Linux shows no GPU (none of ${nodes.join(", ")}, /dev/dri/renderD*); --gpu software runs on the CPU, for tests`;

/** SwiftShader, a GPU that the CPU emulates, from Chromium's packages. */
const softwareDrivers = ["/usr/lib/chromium/vk_swiftshader_icd.json", "/opt/google/chrome/vk_swiftshader_icd.json"];

/** Whether the environment names a Vulkan driver. */
export const namesDriver = (): boolean =>
  process.env.VK_ICD_FILENAMES !== undefined || process.env.VK_DRIVER_FILES !== undefined;

/** Points the Vulkan loader at SwiftShader if the environment names no driver. Call it before Dawn is first used. */
export function useSoftwareDriver(): void {
  const driver = softwareDrivers.find((file) => existsSync(file));
  if (driver !== undefined && !namesDriver()) process.env.VK_ICD_FILENAMES = driver;
}
