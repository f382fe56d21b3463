import { linear, relu, runKernel, type Tensor, tf } from "@petl/tensor";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, internals } from "../src/backend.js";
import { Failures } from "../src/dawn/failures.js";
import { exposeGpu, loadDawn } from "../src/dawn/library.js";
import { registerKernels } from "../src/kernels/index.js";

const dawn = await loadDawn().catch((error: Error) => error);
if (dawn instanceof Error) console.warn(`skipped: ${dawn.message}`);

describe.skipIf(dawn instanceof Error)("bind groups, on Dawn's null backend", () => {
  let backend: WebGPUBackend;
  let unregister: () => void;
  let made = 0;
  beforeAll(async () => {
    if (dawn instanceof Error) throw dawn;
    const gpu = dawn.create(["backend=null"]);
    const adapter = await gpu.requestAdapter();
    const device = await adapter!.requestDevice();
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      made++;
      return createBindGroup(descriptor);
    };
    exposeGpu(gpu);
    const failures = new Failures(device);
    backend = createBackend(device, adapter!.info, failures);
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    if (tf.findBackendFactory("webgpu") != null) tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", () => backend, 0);
    await tf.setBackend("webgpu");
    ({ unregister } = registerKernels(backend, failures, { kind: "f32" }));
  });
  afterAll(async () => {
    await finish();
    unregister();
    tf.removeBackend("webgpu");
  });

  async function finish(): Promise<void> {
    backend.endComputePassEncoder();
    if (internals(backend).commandEncoder !== null) backend.submitQueue();
    await backend.queue.onSubmittedWorkDone();
  }

  async function madeBy(steps: number, step: (index: number) => void): Promise<number> {
    made = 0;
    for (let index = 0; index < steps; index++) {
      step(index);
      await finish();
    }
    return made;
  }

  test("steps of one shape make theirs once, on the buffers that the pool gives again", async () => {
    const [x, w] = [tf.ones([8, 8]), tf.ones([8, 8])];
    const step = (): void => relu(linear(x, w)).dispose();
    await madeBy(1, () => tf.tidy(step));
    expect(await madeBy(20, () => tf.tidy(step))).toBeLessThanOrEqual(4);
  });

  test("each of another shape or with other uniforms has its own", async () => {
    const shapes = Array.from({ length: 10 }, (_, index) => tf.ones([8, index + 20]));
    expect(await madeBy(10, (index) => relu(shapes[index]!).dispose())).toBe(10);
    const [param, gradient, mean, variance] = Array.from({ length: 4 }, () => tf.ones([8]));
    const tensors = { param, gradient, mean, variance } as unknown as Record<string, Tensor>;
    const settings = { learningRate: 1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 };
    expect(await madeBy(10, (step) => runKernel("PetlAdamW", tensors, { ...settings, step: step + 1 }))).toBe(10);
  });

  // a figure, not a check: PETL_SOFTWARE_GPU=1 prints it
  test.skipIf(process.env.PETL_SOFTWARE_GPU !== "1")("the host's time for a dispatch", async () => {
    const [x, w] = [tf.ones([64, 64]), tf.ones([64, 64])];
    const operations = { relu: () => relu(x), linear: () => linear(x, w), "tfjs's add": () => tf.add(x, w) };
    for (const [name, operation] of Object.entries(operations)) {
      const calls = 5000;
      let before = process.cpuUsage();
      for (let index = 0; index < 2 * calls; index++) {
        if (index === calls) before = process.cpuUsage();
        operation().dispose();
      }
      await finish();
      const { user, system } = process.cpuUsage(before);
      console.info(`${name}: ${((user + system) / calls).toFixed(1)} us of processor time`);
    }
  });
});
