import cpu from "@petl/device-cpu";
import { type DeviceProvider, tf } from "@petl/tensor";
import { expect, test } from "vitest";
import plan, { recordCosts } from "../src/index.js";

test("the plan device registers the same fused kernels as the CPU device", async () => {
  const names = async (device: DeviceProvider): Promise<string[]> => {
    const opened = await device.open();
    const kernels = (opened.details.kernels as string[]).filter((name) => name.startsWith("Petl")).sort();
    await opened.close();
    return kernels;
  };
  expect(await names(plan)).toEqual(await names(cpu));
});

test("the plan device refuses to read values", async () => {
  const opened = await plan.open();
  const tensor = tf.tensor1d([1, 2]);
  expect(() => tensor.dataSync()).toThrow("the plan device has no values");
  await expect(tensor.data()).rejects.toThrow("the plan device has no values");
  const { costs } = recordCosts(() => tf.tidy(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([3, 5])).dispose()));
  expect(costs.kernels.map(({ kernel, flops, bytesMoved }) => [kernel, flops, bytesMoved])).toEqual([
    ["BatchMatMul", 60, 4 * (6 + 15 + 10)],
  ]);
  tensor.dispose();
  await opened.close();
});
