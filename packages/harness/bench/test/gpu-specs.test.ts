import { expect, test } from "vitest";
import { findGpuSpec, gpuSpecs, specOfDriverName } from "../src/forecast/gpu-specs.js";

test("a driver's name means the GPU of that model, and no other whose name it contains", () => {
  const names = [
    ["NVIDIA A100-SXM4-80GB", "A100"],
    ["NVIDIA GB200", "GB200"],
    ["NVIDIA B200", "B200"],
    ["NVIDIA L40S", "L40S"],
    ["NVIDIA L4", "L4"],
    ["NVIDIA H100 80GB HBM3", "H100"],
    ["NVIDIA GeForce RTX 4090", "RTX4090"],
    ["NVIDIA GeForce RTX 5090 Laptop GPU", undefined],
    ["NVIDIA L40", undefined],
    ["NVIDIA RTX A1000", undefined],
  ] as const;
  for (const [driver, name] of names) expect(specOfDriverName(driver)?.name, driver).toBe(name);
});

test("every GPU has rates in order, a source and a name that is found", () => {
  for (const spec of gpuSpecs) {
    expect(findGpuSpec(spec.name.toLowerCase())).toBe(spec);
    expect(spec.f32FlopsPerS).toBeLessThanOrEqual(spec.tf32FlopsPerS);
    expect(spec.tf32FlopsPerS).toBeLessThanOrEqual(spec.f16FlopsPerS);
    expect(spec.source).toMatch(/https:/);
  }
});
