import * as petl from "@petl/tensor";
import { liveBytes, runKernel, tf, valueAndGradients } from "@petl/tensor";
import { describe, expect, test } from "vitest";
import cpu from "../src/index.js";
import { integers, normal } from "./compare.js";

describe("the cpu device", () => {
  test.each([0, 99, "software"] as const)("N15: gpu %s is refused: the CPU has none", async (gpu) => {
    expect(await cpu.probe({ gpu })).toMatchObject({ usable: false, reason: expect.stringContaining(`--gpu ${gpu}`) });
    await expect(cpu.open({ gpu })).rejects.toMatchObject({ code: "E_DEVICE_UNUSABLE" });
  });

  test.each(["f16", "f32x3"] as const)(
    "precision %s is refused in one line: it computes in float32",
    async (precision) => {
      const reason = `it computes in float32, so expected --precision f32, got ${precision}; leave out --precision or use --device webgpu`;
      expect(await cpu.probe({ precision })).toEqual({ usable: false, reason });
      await expect(cpu.open({ precision })).rejects.toMatchObject({
        code: "E_DEVICE_UNUSABLE",
        message: `cpu: ${reason}`,
      });
      expect(await cpu.probe({ precision: "f32" })).toMatchObject({ usable: true });
    },
  );

  test("says that it is usable, opens as the current backend and names what it runs on", async () => {
    expect(await cpu.probe()).toMatchObject({ usable: true });
    const device = await cpu.open();
    expect([device.name, tf.getBackend()]).toEqual(["cpu", "wasm"]);
    expect(device.details).toMatchObject({ backend: "wasm", tfjs: "4.22.0" });
    await device.close();
  });

  test("opens once at a time, and again after it was closed", async () => {
    const device = await cpu.open();
    await expect(cpu.open()).rejects.toMatchObject({ name: "DeviceError", code: "E_DEVICE_BUSY" });
    await device.close();
    const again = await cpu.open();
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
    await again.close();
  });

  test("refuses a count of threads that is none", async () => {
    await expect(cpu.open({ threads: 0 })).rejects.toMatchObject({ code: "E_DEVICE_UNUSABLE" });
  });

  test("R4: refuses more threads than could ever start", async () => {
    await expect(cpu.open({ threads: 5000 })).rejects.toThrowError(/expected at most \d+ threads here, got 5000;/);
  });

  test("refuses kernels that it does not know", async () => {
    const kernels = "fast" as "auto";
    await expect(cpu.open({ kernels })).rejects.toThrowError(/expected kernels to be one of auto, blas, wasm, simd/);
  });

  test("a tensor that does not fit is a DeviceError that says so", async () => {
    const device = await cpu.open();
    const before = tf.memory().numTensors;
    const allocate = () =>
      runKernel("PetlRandom", {}, { shape: [2 ** 30 - 1024], key: [0, 0], distribution: "uniform" });
    expect(allocate).toThrowError(/expected room for a tensor of 4294963200 bytes/);
    expect(tf.memory().numTensors).toBe(before);
    await device.close();
  });

  test("two gradients of a small network agree with each other and leave no live byte behind", async () => {
    const device = await cpu.open();
    const weights = {
      table: normal([11, 8], 1),
      norm: normal([8], 2),
      query: normal([8, 8], 3),
      up: normal([20, 8], 4),
      down: normal([8, 20], 5),
      bias: normal([2, 5, 5], 6),
    };
    const ids = integers([3, 5], 0, 11, 7);
    const labels = integers([15], 0, 11, 8);
    const mask = tf.ones([3, 5]);
    const loss = () => {
      const embedded = petl.embedding(weights.table, ids);
      const normed = petl.rmsNorm(embedded, weights.norm);
      const query = petl.linear(normed, weights.query);
      const inputs = { query, key: normed, value: normed, bias: weights.bias, mask };
      const hidden = tf.add(embedded, petl.attention(inputs, { heads: 2, causal: true }));
      const mixed = tf.add(hidden, petl.linear(petl.gelu(petl.linear(hidden, weights.up)), weights.down));
      return petl.meanCrossEntropy(tf.reshape(petl.linear(mixed, weights.table), [15, 11]), labels);
    };
    const before = [liveBytes().total, tf.memory().numTensors];
    const [first, second] = [valueAndGradients(loss, weights), valueAndGradients(loss, weights)];
    expect(Object.keys(first.gradients).sort()).toEqual(Object.keys(weights).sort());
    for (const [name, gradient] of Object.entries(first.gradients)) {
      expect(second.gradients[name]!.dataSync()).toEqual(gradient.dataSync());
    }
    tf.dispose([first.value, second.value, first.gradients, second.gradients] as tf.TensorContainer);
    expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
    await device.close();
  });
});
