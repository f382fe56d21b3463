// tfjs's wasm backend as it comes, with nothing but the missing gradient of `gather`: what the CPU device is compared with.
import { createRequire } from "node:module";
import { tf } from "@petl/tensor";

export async function openStockWasm() {
  const ofDevice = createRequire(import.meta.resolve("@petl/device-cpu"));
  ofDevice("@tensorflow/tfjs-backend-wasm"); // registers its backend and kernels
  await tf.setBackend("wasm");
  const kernelFunc = ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
    const output = backend.makeOutput([numSegments, ...x.shape.slice(1)], "float32");
    const [to, from, ids] = [output, x, segmentIds].map((tensor) => backend.typedArrayFromHeap(tensor));
    const width = from.length / ids.length;
    to.fill(0);
    for (const [row, id] of ids.entries()) {
      for (let i = 0; i < width; i++) to[id * width + i] += from[row * width + i];
    }
    return output;
  };
  tf.registerKernel({ kernelName: "UnsortedSegmentSum", backendName: "wasm", kernelFunc });
  return { details: { simd: "stock", threads: 1, products: "stock" }, async close() {} };
}
