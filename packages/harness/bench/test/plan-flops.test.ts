import plan, { type Costs, recordCosts } from "@petl/device-plan";
import { geometries, initialise, T5, type T5Config } from "@petl/family-t5";
import type { PetlMethod } from "@petl/spec";
import { type Device, type Phase, seededRandom } from "@petl/tensor";
import { defaultSettings, rehearseUpdate, Trainee, TunedModel } from "@petl/trainer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gpuSpecs } from "../src/forecast/gpu-specs.js";
import { largestBatch } from "../src/forecast/largest-batch.js";
import { atBest, type Precision, predictCost } from "../src/forecast/predict-cost.js";

let device: Device;
beforeAll(async () => {
  device = await plan.open();
});
afterAll(() => device.close());

const everything: PetlMethod<null> = {
  specVersion: "v1",
  name: "everything",
  paper: { title: "", url: "" },
  parse: () => null,
  attach: ({ params }) => ({ params: {}, unfrozen: Object.keys(params), hooks: new Map() }),
};
const nothing: PetlMethod<null> = {
  ...everything,
  attach: () => ({ params: {}, unfrozen: ["decoder.norm.weight"], hooks: new Map() }),
};

const sizes = { batchSize: 3, maxLength: 20, maxTargetLength: 5 };

function costs(config: T5Config, method = everything, of = sizes): Costs {
  const backbone = new T5("planned", config, initialise(config, seededRandom(0)));
  const model = TunedModel.attach(backbone, method, null, seededRandom(0));
  const trainee = new Trainee(model);
  const recorded = recordCosts(() => rehearseUpdate(trainee, { ...defaultSettings, ...of })).costs;
  trainee.dispose();
  backbone.dispose();
  return recorded;
}

const flops = ({ kernels }: Costs, phase: Phase): number =>
  kernels.reduce((sum, cost) => sum + (cost.phase === phase ? cost.calls * cost.flops : 0), 0);

/** What one more layer of a stack costs. */
function layerFlops(layer: "encoderLayers" | "decoderLayers", phase: Phase): number {
  const config = geometries["t5-tiny"]!;
  return flops(costs({ ...config, [layer]: config[layer] + 1 }), phase) - flops(costs(config), phase);
}

const { modelWidth: d, feedForwardWidth: f, heads: h, headWidth } = geometries["t5-tiny"]!;
const [B, L, T] = [sizes.batchSize, sizes.maxLength, sizes.maxTargetLength];
const i = h * headWidth;
const [n, m] = [B * L, B * T]; // tokens

test("an encoder layer's forward FLOPs are the formula's", () => {
  const linears = 2 * n * (4 * d * i + 2 * d * f); // query, key, value, output; input, output
  const attention = B * h * L * L * (4 * headWidth + 1 + 5); // scores and context, bias, softmax
  const rest = 2 * (4 * n * d) + n * f + 2 * n * d; // two norms, relu, two residuals
  expect(layerFlops("encoderLayers", "forward")).toBe(linears + attention + rest);
});

test("an encoder layer's backward FLOPs are the formula's, where everything is trained", () => {
  const linears = 2 * 2 * n * (4 * d * i + 2 * d * f); // input and weight gradient of each
  const attention = B * h * L * L * (10 * headWidth + 1 + 9 + 1); // five products, bias again, softmax twice, bias gradient
  const norms = 2 * (9 + 5) * n * d; // input and weight gradient
  const sums = 4 * n * d + h * L * L; // two residuals, three users of a normed input, one more user of the bias
  expect(layerFlops("encoderLayers", "backward")).toBe(linears + attention + norms + n * f + sums);
});

test("a decoder layer's forward FLOPs are the formula's", () => {
  const own = 2 * m * 4 * d * i + B * h * T * T * (4 * headWidth + 1 + 5);
  const cross = 2 * (2 * m + 2 * n) * d * i + B * h * T * L * (4 * headWidth + 5); // keys and values of the source
  const rest = 2 * m * 2 * d * f + 3 * (4 * m * d) + m * f + 3 * m * d;
  expect(layerFlops("decoderLayers", "forward")).toBe(own + cross + rest);
});

test("AdamW and clipping cost 17 FLOPs a trained value and move 8 values", () => {
  const { kernels } = costs(geometries["t5-tiny"]!, nothing);
  const update = kernels.filter(({ phase, kernel }) => phase === "update" && kernel.startsWith("Petl"));
  expect(update.map(({ kernel, flops: each, bytesMoved }) => [kernel, each, bytesMoved])).toEqual([
    ["PetlSumOfSquares", 2 * d, 4 * d + 4],
    ["PetlAdamW", 15 * d, 7 * 4 * d],
  ]);
});

test("T5-base's FLOPs are 2 x parameters x tokens forward, twice that backward, within 4 %", () => {
  const config = geometries["t5-base"]!;
  const of = { batchSize: 2, maxLength: 128, maxTargetLength: 128 };
  const recorded = costs(config, everything, of);
  const { modelWidth, feedForwardWidth, encoderLayers, decoderLayers, vocabularySize } = config;
  const layer = 4 * modelWidth ** 2 + 2 * modelWidth * feedForwardWidth;
  const params = encoderLayers * layer + decoderLayers * (layer + 4 * modelWidth ** 2) + vocabularySize * modelWidth;
  const forward = flops(recorded, "forward");
  const estimate = 2 * params * of.batchSize * of.maxLength;
  expect(forward / estimate).toBeGreaterThan(1);
  expect(forward / estimate).toBeLessThan(1.04);
  expect(flops(recorded, "backward") / forward).toBeGreaterThan(1.96);
  expect(flops(recorded, "backward") / forward).toBeLessThan(2.04);
});

test("the peak is placed at the phase, site and kernel that reached it", () => {
  const { peakAt, peakBytes } = costs(geometries["t5-tiny"]!);
  expect(peakAt).toMatchObject({ phase: "backward", kernel: expect.any(String) });
  const { total, kept, ...parts } = peakBytes;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(parts.activations);
  expect(Object.values(parts).reduce((sum, part) => sum + part)).toBe(total);
});

test("the largest batch is the last whose peak fits", () => {
  let calls = 0;
  const peakOf = (batch: number): number => {
    calls += 1;
    return 1000 + 7 * batch + Math.max(0, batch - 40) * 5; // a bent line
  };
  expect(largestBatch(peakOf, 1006)).toBe(0);
  expect(largestBatch(peakOf, 1007)).toBe(1);
  for (const budget of [1014, 1300, 2000, 123_456]) {
    const found = largestBatch(peakOf, budget);
    expect(peakOf(found)).toBeLessThanOrEqual(budget);
    expect(peakOf(found + 1)).toBeGreaterThan(budget);
  }
  expect(largestBatch(() => 1, 10, 1000)).toBe(1000);
  expect(calls).toBeLessThan(120);
});

test("a prediction takes the longer of arithmetic and traffic, kernel by kernel", () => {
  const gpu = {
    ...gpuSpecs[0]!,
    f32FlopsPerS: 100,
    tf32FlopsPerS: 1000,
    f16FlopsPerS: 2000,
    memoryBytesPerS: 10,
    memoryBytes: 50,
    powerLimitW: 3,
  };
  const kernel = { phase: "forward", kernel: "k", shapes: "", calls: 2, bytesWritten: 1 } as const;
  const kernels = [
    { ...kernel, isMatrixProduct: true, flops: 1000, bytesMoved: 1 },
    { ...kernel, isMatrixProduct: false, flops: 1, bytesMoved: 100 },
  ];
  expect(predictCost(kernels, 50, gpu, "f32", { efficiency: 0.5, powerShare: 0.5 })).toMatchObject({
    stepTimeS: 2 * (20 + 20),
    memoryBoundShare: 0.5,
    stepEnergyJ: 3 * 80 * 0.5,
    fits: true,
  });
  expect(predictCost(kernels, 51, gpu, "tf32", { efficiency: 1, powerShare: 1 })).toMatchObject({
    stepTimeS: 22,
    fits: false,
  });
  const timeS = (precision: Precision) => predictCost(kernels, 50, gpu, precision, atBest()).stepTimeS;
  expect(timeS("f16")).toBe(2 * (0.5 + 10));
  expect(timeS("f32x3")).toBe(2 * (1.5 + 10));
});
