import {
  type Device,
  DeviceError,
  type DeviceProvider,
  type KernelName,
  markStored,
  refusedPrecision,
  storageOf,
  tf,
  unknownStorage,
} from "@petl/tensor";
import { PlanBackend } from "./backend.js";
import { planKernels } from "./kernels/index.js";
import type { Attributes, Inputs, PlanKernel, TensorInfo } from "./kernels/kernel.js";
import { recordKernel } from "./recorder.js";

const backendName = "plan";
let isOpen = false;

/**
 * The plan device runs the same program on shapes only, so its live bytes are exactly those of a real device.
 *
 * It becomes the current tfjs backend. No value can be read back, so a run that depends on values (such as a training run's
 * scores) cannot finish on it.
 */
export const plan: DeviceProvider = {
  name: "plan",
  runsOn: "host",

  async probe() {
    return { usable: true, reason: "shapes and costs only, no values: for bench plan" };
  },

  async open({ precision } = {}) {
    const refused = refusedPrecision(precision);
    if (refused !== null) throw new DeviceError("E_DEVICE_UNUSABLE", `plan: ${refused}`);
    if (isOpen) throw new DeviceError("E_DEVICE_BUSY", "plan: already open in this process; close it first");
    isOpen = true;
    const backend = new PlanBackend();
    if (tf.findBackendFactory(backendName) != null) tf.removeBackend(backendName);
    tf.registerBackend(backendName, () => backend, 0);
    await tf.setBackend(backendName);
    for (const [name, kernel] of Object.entries(planKernels)) register(backend, name, kernel);
    return device(backend);
  },
};

function device(backend: PlanBackend): Device {
  return {
    name: "plan",
    details: { backend: backendName, tfjs: tf.version_core, kernels: Object.keys(planKernels) },
    async synchronize() {},
    async close() {
      if (!isOpen) return;
      isOpen = false;
      for (const name of Object.keys(planKernels)) tf.unregisterKernel(name, backendName);
      backend.dispose();
      tf.removeBackend(backendName);
    },
  };
}

function register(backend: PlanBackend, kernelName: string, kernel: PlanKernel): void {
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc({ inputs, attrs }) {
      refuseStored(kernelName, inputs as Inputs);
      const planned = kernel(inputs as Inputs, (attrs ?? {}) as Attributes);
      recordKernel(kernelName, inputs as Inputs, planned);
      const outputs = planned.outputs.map(({ shape, dtype, storage }): TensorInfo => {
        if (planned.shares === undefined) {
          const dataId = backend.allocate();
          if (storage !== undefined) markStored(dataId, storage);
          return { dataId, shape: [...shape], dtype };
        }
        backend.incRef(planned.shares.dataId);
        return { dataId: planned.shares.dataId, shape: [...shape], dtype };
      });
      return outputs.length === 1 ? outputs[0]! : outputs;
    },
  });
}

/** The kernels that take weights stored in few bits, as on a device with values. */
const takesStored: ReadonlySet<string> = new Set<string>([
  ...(["PetlLinear", "PetlWidenWeight"] satisfies KernelName[]),
  ...[tf.GatherV2, tf.Identity, tf.Reshape],
]);

function refuseStored(kernelName: string, inputs: Inputs): void {
  if (takesStored.has(kernelName)) return;
  for (const tensor of Object.values(inputs)) {
    const storage = tensor == null ? null : storageOf(tensor);
    if (storage !== null) throw unknownStorage("plan", { format: storage.format, shape: tensor!.shape }, kernelName);
  }
}
