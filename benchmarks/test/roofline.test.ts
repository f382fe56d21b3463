import { atBest, findGeometry, findGpuSpec, forecastMethods } from "@petl/bench";
import { defaultSettings } from "@petl/trainer";
import { expect, test } from "vitest";
import { cooperativeShare, predictStep } from "../roofline/predict.mjs";
import { stepKernels } from "../roofline/step-kernels.mjs";

const cost = { phase: "forward", shapes: "", isMatrixProduct: true, bytesWritten: 0 } as const;
const gpu = { ...findGpuSpec("H100"), f32FlopsPerS: 10, f16FlopsPerS: 300, memoryBytesPerS: 5 };

test("each kernel takes the longer of its arithmetic and its traffic, and only products get the rate of matrix units", () => {
  const kernels = [
    { ...cost, kernel: "PetlLinear", calls: 2, flops: 1000, bytesMoved: 10 }, // 100 s; 5 s in f16; 2 s of traffic
    { ...cost, kernel: "PetlAttention", calls: 1, flops: 100, bytesMoved: 5 }, // 10 s of arithmetic in any precision
    { ...cost, kernel: "Add", calls: 3, flops: 1, bytesMoved: 20 }, // 4 s of traffic
  ];
  const timeOf = (precision: "f32" | "f16" | "f32x3") => predictStep(kernels, gpu, precision).stepS;
  expect(cooperativeShare * gpu.f16FlopsPerS).toBeCloseTo(200);
  expect(timeOf("f32")).toBeCloseTo(2 * 100 + 10 + 3 * 4);
  expect(timeOf("f16")).toBeCloseTo(2 * 5 + 10 + 3 * 4);
  expect(timeOf("f32x3")).toBeCloseTo(2 * 15 + 10 + 3 * 4);
  expect(predictStep(kernels, gpu, "f16")).toMatchObject({
    byKind: { "matrix products": 10, attention: 10, optimizer: 0, "everything else": 12 },
    ...{ memoryBoundShare: 12 / 32, calls: 6, flops: 2103, bytesMoved: 85 },
  });
});

test("a counted step is the one that bench plan forecasts, and READ's goes back through no attention", async () => {
  const sizes = { backbone: "t5-tiny", batch: 2, tokens: 16, targets: 2 };
  const { methods } = await forecastMethods({
    geometry: await findGeometry("t5-tiny", ".", {}),
    arms: ["read", "full"].map((method) => ({ method, config: {} })),
    settings: { ...defaultSettings, batchSize: 2, maxLength: 16, maxTargetLength: 2, clipNorm: null },
    ...{ places: {}, deviceMemoryBytes: null, gpus: [], precision: "f32", reached: atBest, epochs: 3 },
  });
  for (const { method, ...planned } of methods) {
    const kernels = await stepKernels({ ...sizes, method });
    const counted = predictStep(kernels, gpu, "f32");
    expect(counted.flops).toBe(planned.forwardFlops + planned.backwardFlops + planned.updateFlops);
    expect(counted.bytesMoved).toBe(planned.bytesMoved);
    expect(kernels.some(({ kernel }) => kernel === "PetlAttentionGradient")).toBe(method === "full");
  }
});
