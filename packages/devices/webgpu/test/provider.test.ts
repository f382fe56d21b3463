import { liveBytes, tf } from "@petl/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { hardwareOnly, whyNone } from "../src/dawn/adapter.js";
import webgpu, { type WebGpuDevice } from "../src/index.js";

const { usable, reason } = await webgpu.probe({ gpu: "software" });
if (!usable) console.warn(`skipped, no software GPU here: ${reason}`);

test("adapters that compute on the CPU are told from GPUs by their names", () => {
  const names = [
    "NVIDIA H100 80GB HBM3",
    "SwiftShader Device (Subzero)",
    "llvmpipe (LLVM 15.0.6, 256 bits)",
    "Apple M2",
  ];
  const adapters = names.map((name) => ({ backend: "vulkan", name }));
  expect(hardwareOnly(adapters).map(({ name }) => name)).toEqual([names[0], names[3]]);
  expect(whyNone(adapters, 2)).toMatch(/a GPU number below 2, got 2/);
  expect(whyNone([], 0)).toMatch(/libvulkan1/);
  expect(whyNone(adapters.slice(1, 3), 0)).toMatch(/only software renderers.*--gpu software/);
});

describe.skipIf(!usable)("the webgpu device", () => {
  let device: WebGpuDevice | null = null;
  const open = async (): Promise<WebGpuDevice> => {
    device = await webgpu.open({ gpu: "software" });
    return device;
  };
  afterEach(async () => {
    await device?.close();
    device = null;
  });

  test("opens as the current backend, names its adapter and says that it is software", async () => {
    const { name, details } = await open();
    expect([name, tf.getBackend()]).toEqual(["webgpu", "webgpu"]);
    expect(details).toMatchObject({ backend: "webgpu", software: true, tfjs: "4.22.0" });
    expect(details.adapter).toBeTruthy();
  });

  test("opens once at a time, and again after it was closed", async () => {
    await open();
    await expect(webgpu.open({ gpu: "software" })).rejects.toMatchObject({ code: "E_DEVICE_BUSY" });
    await device!.close();
    await open();
    expect((await tf.add(1, 2).data())[0]).toBe(3);
  });

  test("takes no software adapter for a GPU, and no GPU there is not", async () => {
    await expect(webgpu.open({ gpu: 99 })).rejects.toMatchObject({ code: "E_DEVICE_UNUSABLE" });
    await open();
    expect((await tf.add(1, 2).data())[0]).toBe(3); // what was refused left nothing open
  });

  test("says how it computes products", async () => {
    const { details, needsLossScaling } = await open();
    expect(needsLossScaling).toBe(false);
    expect(details).toMatchObject({ precision: "f32", products: "f32", whyProducts: "precision f32 was asked for" });
  });

  test.each(["f16", "f32x3"] as const)(
    "%s opens where the adapter has what it needs, and else is refused in one line",
    async (precision) => {
      const options = { gpu: "software", precision } as const;
      const probed = await webgpu.probe(options);
      if (probed.usable) {
        device = await webgpu.open(options);
        expect(device.needsLossScaling).toBe(true);
        expect(device.details).toMatchObject({
          precision,
          products: expect.stringMatching(/^subgroup-matrix|^shader-f16/),
        });
        return;
      }
      const refusal = new RegExp(`^.* cannot compute with --precision ${precision}: .*; use --precision f32$`);
      expect(probed.reason).toMatch(refusal);
      await expect(webgpu.open(options)).rejects.toMatchObject({
        code: "E_DEVICE_UNUSABLE",
        message: `webgpu: ${probed.reason}`,
      });
      await open(); // what was refused left nothing open
    },
  );

  test("lists what each adapter can compute with, where the environment names a driver", async () => {
    const [adapter, ...others] = await webgpu.gpus!();
    expect(others).toEqual([]);
    expect(adapter!.precisions.map(({ name }) => name)).toEqual(["f32", "f16", "f32x3"]);
    for (const { name, usable: isUsable, reason } of adapter!.precisions)
      expect([isUsable, reason]).toEqual(
        name === "f32" || (await webgpu.probe({ gpu: "software", precision: name })).usable
          ? [true, expect.stringMatching(/^f32$|^subgroup-matrix|^shader-f16/)]
          : [false, expect.stringMatching(/it has no shader-f16|for matrix units only/)],
      );
  });

  test("a shader that does not compile throws where values are read, in place of garbage", async () => {
    const { gpuDevice } = await open();
    gpuDevice.createShaderModule({ code: "fn broken( {" });
    await expect(tf.add(1, 2).data()).rejects.toMatchObject({
      name: "DeviceError",
      message: expect.stringMatching(/validation error: Error while parsing WGSL/),
    });
    expect(() => tf.add(1, 2)).toThrowError(/parsing WGSL/); // and the device stays failed
  });

  test("a GPU that is lost is a DeviceError for what waits and for what comes after", async () => {
    const { gpuDevice, synchronize } = await open();
    const sum = tf.add(1, 2);
    gpuDevice.destroy();
    await expect(sum.data()).rejects.toMatchObject({ code: "E_DEVICE_LOST" });
    await expect(synchronize()).rejects.toMatchObject({ code: "E_DEVICE_LOST" });
    expect(() => tf.add(1, 2)).toThrowError(/the GPU was lost/);
  });

  test("a tensor larger than a buffer may be is a DeviceError that names the limit", async () => {
    const { details } = await open();
    const largest = (details.limits as { maxBufferSize: number }).maxBufferSize;
    expect(() => tf.fill([largest / 4 + 1], 1)).toThrowError(/expected tensors of at most \d+ bytes/);
  });

  test("values cannot be read synchronously, and says so", async () => {
    await open();
    expect(() => tf.add(1, 2).dataSync()).toThrowError(/use data\(\)/);
  });

  test("buffers of many sizes do not pile up, and live bytes are exact", async () => {
    const opened = await open();
    const before = liveBytes().total;
    const million = 2 ** 20;
    for (let size = 0; size < 20; size++) {
      const x = tf.fill([2 * million + size], 1); // 8 MB each, 160 MB in all
      expect(liveBytes().total - before).toBe(4 * (2 * million + size));
      await opened.synchronize();
      x.dispose();
    }
    expect(liveBytes().total).toBe(before);
    const { live, peak } = opened.bufferBytes!();
    expect(live).toBeLessThan(100e6);
    expect(peak).toBeGreaterThanOrEqual(live);
  });
});
