import { mean, standardDeviation } from "simple-statistics";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom, threefry } from "../src/index.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

describe("threefry", () => {
  test.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [-1, -1],
      [-1, -1],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])("key %j, counter %j gives the published answer", (key, counter, expected) => {
    const words = threefry(key as [number, number], counter as [number, number]).map((word) => word >>> 0);
    expect(words).toEqual(expected);
  });
});

describe("a random stream", () => {
  test("has uniform and normal moments", () => {
    const uniform = [...seededRandom(1).uniform([20_000]).dataSync()];
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(standardDeviation(uniform)).toBeCloseTo(Math.sqrt(1 / 12), 2);
    const normal = [...seededRandom(1).normal([20_000], 2, 3).dataSync()];
    expect(Math.abs(mean(normal) - 2)).toBeLessThan(0.06);
    expect(standardDeviation(normal)).toBeCloseTo(3, 1);
  });

  test("is the same for the same seed, differs between draws, labels and seeds", () => {
    const values = (seed: number, label: string): number[] => [
      ...seededRandom(seed).fork(label).uniform([4]).dataSync(),
    ];
    expect(values(1, "a")).toEqual(values(1, "a"));
    expect(values(1, "a")).not.toEqual(values(1, "b"));
    expect(values(1, "a")).not.toEqual(values(2, "a"));
    const stream = seededRandom(1);
    expect([...stream.uniform([4]).dataSync()]).not.toEqual([...stream.uniform([4]).dataSync()]);
  });

  test("draws the same bits on the host", () => {
    const bits = (values: ArrayLike<number>): Uint32Array => new Uint32Array(Float32Array.from(values).buffer);
    for (const [mean, deviation] of [
      [0, 0.02],
      [0, 1],
      [-0.3, 1.7],
    ] as const) {
      const [onDevice, onHost] = [seededRandom(4), seededRandom(4)];
      for (const size of [1, 257])
        expect(bits(onHost.normalValues(size, mean, deviation))).toEqual(
          bits(onDevice.normal([size], mean, deviation).dataSync()),
        );
    }
  });

  test("forking does not depend on how much was drawn before", () => {
    const [fresh, used] = [seededRandom(1), seededRandom(1)];
    used.uniform([10]);
    expect(used.fork(3).key).toEqual(fresh.fork(3).key);
  });

  test("a permutation holds every index once", () => {
    const order = seededRandom(5).permutation(1000);
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
    expect([...order]).not.toEqual([...Array(1000).keys()]);
  });
});
