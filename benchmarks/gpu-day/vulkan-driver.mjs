import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeWholeSync } from "@petl/files";

/** Where the Vulkan loader looks by itself, and where containers put NVIDIA's driver beside that. */
const standard = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
const others = [
  "/usr/local/nvidia/share/vulkan/icd.d",
  "/usr/local/nvidia/etc/vulkan/icd.d",
  "/opt/nvidia/share/vulkan/icd.d",
];

/**
 * What to set `VK_DRIVER_FILES` to so that the Vulkan loader finds NVIDIA's driver; null where it finds one by itself, was told, or there
 * is none. A driver whose library is there without its file gets one, in `folder`.
 *
 * @param {string} folder
 * @param {{ env?: NodeJS.ProcessEnv, root?: string, libraries?: string }} [machine] for tests
 */
export function nvidiaDriverFile(folder, { env = process.env, root = "/", libraries = loaderLibraries() } = {}) {
  if (env.VK_DRIVER_FILES !== undefined || env.VK_ICD_FILENAMES !== undefined) return null;
  if (standard.some((place) => driverIn(join(root, place)) !== undefined)) return null;
  for (const place of others) {
    const found = driverIn(join(root, place));
    if (found !== undefined) return found;
  }
  const library = /=> (\S*lib(?:GLX|EGL)_nvidia\.so\.0)$/m.exec(libraries)?.[1];
  if (library === undefined) return null;
  const path = join(folder, "nvidia_icd.json");
  writeWholeSync(
    path,
    JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: library, api_version: "1.3.0" } }),
  );
  return path;
}

function driverIn(folder) {
  const name = existsSync(folder) ? readdirSync(folder).find((file) => /^nvidia.*\.json$/.test(file)) : undefined;
  return name && join(folder, name);
}

/** The dynamic loader's list; empty where it cannot be had. */
function loaderLibraries() {
  try {
    return execFileSync("ldconfig", ["-p"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
