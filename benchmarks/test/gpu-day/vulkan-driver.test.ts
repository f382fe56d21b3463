import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nvidiaDriverFile } from "../../gpu-day/vulkan-driver.mjs";

function machine() {
  const root = mkdtempSync(join(tmpdir(), "petl-driver-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const add = (folder: string) => {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, "nvidia_icd.json"), "{}");
  };
  return { root, add, of: (libraries = "", env = {}) => nvidiaDriverFile(root, { root, env, libraries }) };
}

const libraries = "\tlibGLX_nvidia.so.0 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libGLX_nvidia.so.0\n";

test("a driver that the Vulkan loader would not find is named, and one without its file gets it", () => {
  const { root, add, of } = machine();
  expect(of()).toBeNull();
  const made = of(libraries)!;
  expect(JSON.parse(readFileSync(made, "utf8")).ICD.library_path).toBe("/usr/lib/x86_64-linux-gnu/libGLX_nvidia.so.0");
  add("usr/local/nvidia/share/vulkan/icd.d");
  expect(of(libraries)).toBe(join(root, "usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json"));
  expect(of(libraries, { VK_DRIVER_FILES: "/own.json" })).toBeNull();
  add("usr/share/vulkan/icd.d");
  expect(of(libraries)).toBeNull();
});
