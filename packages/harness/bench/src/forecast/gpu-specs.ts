import { BenchError } from "../errors.js";
import { nearMatch } from "../resolve/near-match.js";

/** The peaks of a GPU by its maker's data sheet; SI units, dense rates (without sparsity). */
export interface GpuSpec {
  readonly name: string;
  /** f32 operations a second outside the matrix units. */
  readonly f32FlopsPerS: number;
  /** Operations a second of matrix products in TF32 with f32 accumulation. */
  readonly tf32FlopsPerS: number;
  /** The same of operands in half precision (f16 or bf16). */
  readonly f16FlopsPerS: number;
  readonly memoryBytesPerS: number;
  readonly memoryBytes: number;
  readonly powerLimitW: number;
  readonly source: string;
}

/** GPUs by data sheet; A100, H100, H200 and B200 are the SXM variants. Data sheets often print rates with sparsity, twice these. */
export const gpuSpecs: readonly GpuSpec[] = [
  {
    name: "A100",
    f32FlopsPerS: 19.5e12,
    tf32FlopsPerS: 156e12,
    f16FlopsPerS: 312e12,
    memoryBytesPerS: 2039e9,
    memoryBytes: 80e9,
    powerLimitW: 400,
    source: "https://www.nvidia.com/en-us/data-center/a100/ (A100 80GB SXM)",
  },
  {
    name: "A10",
    f32FlopsPerS: 31.2e12,
    tf32FlopsPerS: 62.5e12,
    f16FlopsPerS: 125e12,
    memoryBytesPerS: 600e9,
    memoryBytes: 24e9,
    powerLimitW: 150,
    source: "https://www.nvidia.com/en-us/data-center/products/a10-gpu/",
  },
  {
    name: "L4",
    f32FlopsPerS: 30.3e12,
    tf32FlopsPerS: 60e12,
    f16FlopsPerS: 121e12,
    memoryBytesPerS: 300e9,
    memoryBytes: 24e9,
    powerLimitW: 72,
    source: "https://www.nvidia.com/en-us/data-center/l4/",
  },
  {
    name: "L40S",
    f32FlopsPerS: 91.6e12,
    tf32FlopsPerS: 183e12,
    f16FlopsPerS: 362e12,
    memoryBytesPerS: 864e9,
    memoryBytes: 48e9,
    powerLimitW: 350,
    source: "https://www.nvidia.com/en-us/data-center/l40s/",
  },
  {
    name: "H100",
    f32FlopsPerS: 67e12,
    tf32FlopsPerS: 494.5e12,
    f16FlopsPerS: 989.5e12,
    memoryBytesPerS: 3.35e12,
    memoryBytes: 80e9,
    powerLimitW: 700,
    source: "https://www.nvidia.com/en-us/data-center/h100/ (H100 SXM)",
  },
  {
    name: "H200",
    f32FlopsPerS: 67e12,
    tf32FlopsPerS: 494.5e12,
    f16FlopsPerS: 989.5e12,
    memoryBytesPerS: 4.8e12,
    memoryBytes: 141e9,
    powerLimitW: 700,
    source: "https://www.nvidia.com/en-us/data-center/h200/ (H200 SXM)",
  },
  {
    name: "B200",
    f32FlopsPerS: 75e12,
    tf32FlopsPerS: 1.125e15,
    f16FlopsPerS: 2.25e15,
    memoryBytesPerS: 8e12,
    memoryBytes: 180e9,
    powerLimitW: 1000,
    source: "https://www.nvidia.com/en-us/data-center/hgx/ (HGX B200, an eighth of the board)",
  },
  {
    name: "GB200",
    f32FlopsPerS: 80e12,
    tf32FlopsPerS: 1.25e15,
    f16FlopsPerS: 2.5e15,
    memoryBytesPerS: 8e12,
    memoryBytes: 186e9,
    powerLimitW: 1200,
    source: "https://www.nvidia.com/en-us/data-center/gb200-nvl72/ (one of the 72 GPUs)",
  },
  {
    name: "MI300X",
    f32FlopsPerS: 163.4e12,
    tf32FlopsPerS: 653.7e12,
    f16FlopsPerS: 1307.4e12,
    memoryBytesPerS: 5.3e12,
    memoryBytes: 192e9,
    powerLimitW: 750,
    source: "https://www.amd.com/en/products/accelerators/instinct/mi300/mi300x.html",
  },
  {
    name: "MI325X",
    f32FlopsPerS: 163.4e12,
    tf32FlopsPerS: 653.7e12,
    f16FlopsPerS: 1307.4e12,
    memoryBytesPerS: 6e12,
    memoryBytes: 256e9,
    powerLimitW: 1000,
    source: "https://www.amd.com/en/products/accelerators/instinct/mi300/mi325x.html",
  },
  {
    name: "RTX3090",
    f32FlopsPerS: 35.6e12,
    tf32FlopsPerS: 35.6e12,
    f16FlopsPerS: 71e12,
    memoryBytesPerS: 936e9,
    memoryBytes: 24e9,
    powerLimitW: 350,
    source:
      "NVIDIA Ampere GA102 GPU Architecture, table of GeForce RTX 3090, https://www.nvidia.com/content/PDF/nvidia-ampere-ga-102-gpu-architecture-whitepaper-v2.pdf",
  },
  {
    name: "RTX4090",
    f32FlopsPerS: 82.6e12,
    tf32FlopsPerS: 82.6e12,
    f16FlopsPerS: 165.2e12,
    memoryBytesPerS: 1008e9,
    memoryBytes: 24e9,
    powerLimitW: 450,
    source:
      "NVIDIA Ada GPU Architecture, appendix A, https://images.nvidia.com/aem-dam/Solutions/geforce/ada/nvidia-ada-gpu-architecture.pdf",
  },
  {
    name: "RTX5090",
    f32FlopsPerS: 104.8e12,
    tf32FlopsPerS: 104.8e12,
    f16FlopsPerS: 209.5e12,
    memoryBytesPerS: 1792e9,
    memoryBytes: 32e9,
    powerLimitW: 575,
    source:
      "NVIDIA RTX Blackwell GPU Architecture, appendix A, https://images.nvidia.com/aem-dam/Solutions/geforce/blackwell/nvidia-rtx-blackwell-gpu-architecture.pdf",
  },
];

/** A GPU by name, case and punctuation apart. @throws BenchError E_GPU_UNKNOWN with the near match */
export function findGpuSpec(name: string): GpuSpec {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = gpuSpecs.find((spec) => plain(spec.name) === plain(name));
  if (found !== undefined) return found;
  const known = gpuSpecs.map((spec) => spec.name);
  throw new BenchError(
    "E_GPU_UNKNOWN",
    `GPU "${name}": expected one of ${known.join(", ")}, or its peaks with --peaks.${nearMatch(name, known)}`,
  );
}

/** The GPU that a driver's name means, such as `NVIDIA GeForce RTX 4090`; undefined for a laptop's, which has other peaks. */
export function specOfDriverName(driverName: string): GpuSpec | undefined {
  if (/laptop|max-q/i.test(driverName)) return undefined;
  const words = driverName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .replace(/\brtx (?=\d)/, "rtx");
  return gpuSpecs.find(({ name }) => ` ${words} `.includes(` ${name.toLowerCase()} `));
}
