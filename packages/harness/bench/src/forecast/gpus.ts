/** What a GPU can do at best, by its maker's data sheet; SI units, dense rates (without sparsity). */
export interface Gpu {
  readonly name: string;
  /** f32 operations a second outside the matrix units. */
  readonly f32FlopsPerS: number;
  /** Operations a second of matrix products in TF32 with f32 accumulation. */
  readonly tf32FlopsPerS: number;
  readonly memoryBytesPerS: number;
  readonly memoryBytes: number;
  readonly powerLimitW: number;
  readonly source: string;
}

/** The SXM variants of A100, H100 and H200. */
export const gpus: readonly Gpu[] = [
  {
    name: "A100",
    f32FlopsPerS: 19.5e12,
    tf32FlopsPerS: 156e12,
    memoryBytesPerS: 2039e9,
    memoryBytes: 80e9,
    powerLimitW: 400,
    source: "https://www.nvidia.com/en-us/data-center/a100/ (A100 80GB SXM)",
  },
  {
    name: "H100",
    f32FlopsPerS: 67e12,
    tf32FlopsPerS: 494.5e12, // 989 with sparsity
    memoryBytesPerS: 3.35e12,
    memoryBytes: 80e9,
    powerLimitW: 700,
    source: "https://www.nvidia.com/en-us/data-center/h100/ (H100 SXM)",
  },
  {
    name: "H200",
    f32FlopsPerS: 67e12,
    tf32FlopsPerS: 494.5e12, // 989 with sparsity
    memoryBytesPerS: 4.8e12,
    memoryBytes: 141e9,
    powerLimitW: 700,
    source: "https://www.nvidia.com/en-us/data-center/h200/ (H200 SXM)",
  },
  {
    name: "RTX4090",
    f32FlopsPerS: 82.6e12,
    tf32FlopsPerS: 82.6e12, // 165.2 with sparsity
    memoryBytesPerS: 1008e9,
    memoryBytes: 24e9,
    powerLimitW: 450,
    source:
      "NVIDIA Ada GPU Architecture, appendix A, https://images.nvidia.com/aem-dam/Solutions/geforce/ada/nvidia-ada-gpu-architecture.pdf",
  },
  {
    name: "L4",
    f32FlopsPerS: 30.3e12,
    tf32FlopsPerS: 60e12, // 120 with sparsity
    memoryBytesPerS: 300e9,
    memoryBytes: 24e9,
    powerLimitW: 72,
    source: "https://www.nvidia.com/en-us/data-center/l4/",
  },
];
