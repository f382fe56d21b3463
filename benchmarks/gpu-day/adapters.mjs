// Prints what Dawn says of each adapter of Vulkan: features, limits, sizes of subgroups and of the matrices that a subgroup multiplies. One
// JSON. With `software`, adapters that the CPU emulates.
import { existsSync } from "node:fs";

const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json"; // as Debian's chromium has it
if (process.argv[2] === "software" && existsSync(swiftShader)) process.env.VK_ICD_FILENAMES ??= swiftShader;
process.env.NODEVICE_SELECT ??= "1"; // Mesa's layer that sorts adapters complains without a desktop
const { create } = await import("webgpu");

/** Dawn has no list of adapters, but its error for an unknown name lists them all. */
async function names() {
  try {
    await create(["backend=vulkan", `adapter=none of this name ${process.pid}`]).requestAdapter();
    return [];
  } catch (error) {
    return [...error.message.matchAll(/^ \* backend: 'vulkan', name: '(.*)'$/gm)].map(([, name]) => name);
  }
}

async function about(name) {
  const gpu = create(["backend=vulkan", `adapter=${name}`, "enable-dawn-features=allow_unsafe_apis"]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return { name, reason: "it gave no adapter" };
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
  const configs = [...(adapter.info.subgroupMatrixConfigs ?? [])];
  const limits = {};
  for (const limit in adapter.limits)
    if (typeof adapter.limits[limit] === "number") limits[limit] = adapter.limits[limit];
  return {
    ...{ name, vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize },
    subgroupMatrixConfigs: configs.map(({ componentType, resultComponentType, M, N, K }) => ({
      ...{ componentType, resultComponentType, M, N, K },
    })),
    features: [...adapter.features].sort(),
    limits,
  };
}

const found = [];
for (const name of await names()) found.push(await about(name).catch((error) => ({ name, reason: error.message })));
console.log(JSON.stringify(found, null, 1));
process.exit(0); // Dawn's threads would keep it
