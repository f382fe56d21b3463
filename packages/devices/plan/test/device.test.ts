import cpu from "@petl/device-cpu";
import { type DeviceProvider, linear, liveBytes, runKernel, storedWeight, tf } from "@petl/tensor";
import { weightLayout } from "@petl/weight-formats";
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
  expect(costs.kernels).toEqual([
    {
      ...{ phase: "forward", kernel: "BatchMatMul", shapes: "a [2,3], b [3,5]", isMatrixProduct: true, calls: 1 },
      ...{ flops: 60, bytesMoved: 4 * (6 + 15 + 10), bytesWritten: 4 * 10 },
    },
  ]);
  tensor.dispose();
  await opened.close();
});

test("the plan device has no other precision than float32", async () => {
  await expect(plan.open({ precision: "f16" })).rejects.toThrow(
    "plan: it computes in float32, so expected --precision f32, got f16",
  );
});

test("AdamW reads four tensors and writes three, views neither read nor write", async () => {
  const opened = await plan.open();
  const size = 5;
  const tensors = Object.fromEntries(["param", "gradient", "mean", "variance"].map((name) => [name, tf.zeros([size])]));
  const settings = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, step: 1 };
  const { costs } = recordCosts(() => {
    runKernel("PetlAdamW", { ...tensors, scale: tf.scalar(1) }, settings);
    tf.reshape(tensors.param!, [size, 1]);
  });
  const [adamW, ...others] = costs.kernels.filter(({ kernel }) => kernel !== tf.Fill);
  expect(others).toEqual([]);
  expect(adamW).toMatchObject({ kernel: "PetlAdamW", bytesMoved: 4 * 7 * size, bytesWritten: 4 * 3 * size });
  tf.dispose(tensors);
  await opened.close();
});

test("weights stored in few bits have the bytes of their format, and are refused by operations that do not know them", async () => {
  const opened = await plan.open();
  const never = () => {
    throw new Error("the plan device reads no values");
  };
  const before = liveBytes().total;
  const stored = storedWeight("nf4+dq", [256, 64], never);
  expect(liveBytes().total - before).toBe(weightLayout("nf4+dq", 256 * 64).bytes);
  const { costs } = recordCosts(() => linear(tf.zeros([2, 64]), stored).dispose());
  const [product] = costs.kernels.filter(({ kernel }) => kernel === "PetlLinear");
  expect(product!.bytesMoved).toBe(4 * (2 * 64 + 2 * 256) + weightLayout("nf4+dq", 256 * 64).bytes);
  expect(() => tf.square(stored)).toThrow(
    /got Square on a weight \[256,64\]; use --backbone-dtype f32 with this method/,
  );
  tf.dispose([stored]);
  await opened.close();
});
