import { storageOf, type tf, unknownStorage } from "@petl/tensor";
import { readStored } from "@petl/weight-formats";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

/** Makes a tensor whose buffer holds the bytes of a stored weight, padded to whole words. */
export function storeBytes(backend: WebGPUBackend, shape: readonly number[], bytes: Uint8Array): tf.TensorInfo {
  const info = backend.makeTensorInfo([...shape], "float32");
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = backend.bufferManager.acquireBuffer(Math.ceil(bytes.length / 4) * 4, usage);
  backend.tensorMap.get(info.dataId).resource = buffer;
  const whole = bytes.length - (bytes.length % 4);
  backend.queue.writeBuffer(buffer, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, whole);
  if (whole < bytes.length) {
    const rest = new Uint8Array(4);
    rest.set(bytes.subarray(whole));
    backend.queue.writeBuffer(buffer, whole, rest);
  }
  return info;
}

/** What an operation that does not know stored weights fails with. */
export function refuseStored(weight: Pick<tf.TensorInfo, "dataId" | "shape">): Error {
  return unknownStorage("webgpu", { format: storageOf(weight)!.format, shape: weight.shape });
}

/** Reads of stored weights give their values as the codecs do, bit for bit; programs that do not know them refuse them. */
export function guardStored(backend: WebGPUBackend): void {
  const { read, uploadToGPU } = backend;
  backend.read = async function (dataId) {
    const storage = storageOf({ dataId });
    if (storage === null) return read.call(this, dataId);
    const { resource, shape } = this.tensorMap.get(dataId);
    const bytes = new Uint8Array(await this.getBufferData(resource as GPUBuffer), 0, storage.bytes);
    return readStored({ format: storage.format, shape, bytes });
  };
  // every program asks this for each of its operands
  backend.uploadToGPU = function (dataId) {
    if (storageOf({ dataId }) !== null) throw refuseStored({ dataId, shape: this.tensorMap.get(dataId).shape });
    return uploadToGPU.call(this, dataId);
  };
}
