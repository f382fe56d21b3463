/** Specs of tfjs-core that this device does not pass, and why. */
export interface LeftOut {
  readonly reason: string;
  /** The kernel whose absence is the reason; it is in tfjs-core, not in its wasm backend, and nothing here needs it. */
  readonly kernel?: string;
  /** Names ("family: spec") or messages of the specs meant. */
  readonly pattern: RegExp;
  /** Whether the specs may pass by chance: what they see depends on what was in memory before. */
  readonly byChance?: boolean;
}

const missing = (kernel: string, family?: RegExp): LeftOut => ({
  reason: `tfjs's wasm backend has no kernel ${kernel}`,
  kernel,
  pattern: new RegExp(`Kernel '${kernel}' not registered${family === undefined ? "" : `|${family.source}`}`),
});

/** Kernels of tfjs's own wasm backend, which are as they come. */
const stock = (reason: string, pattern: RegExp): LeftOut => ({ reason: `tfjs's wasm kernels: ${reason}`, pattern });

/** A spec is left out if one of these meets its name or its message. */
export const leftOut: readonly LeftOut[] = [
  missing("Complex"),
  missing("Einsum", /^einsum:/),
  missing("Conv2DBackpropFilter"),
  missing("DepthwiseConv2dNativeBackpropInput"),
  missing("DepthwiseConv2dNativeBackpropFilter"),
  missing("RaggedGather", /^raggedGather :/),
  missing("RaggedRange", /^raggedRange :/),
  missing("RaggedTensorToTensor", /^raggedTensorToTensor :/),
  missing("StaticRegexReplace"),
  stock("no strings", /string (comparison|tensor|verbose)|fill string|for string|Unknown dtype string/),
  stock("convolutions of channels-last images only", /does not support dataFormat/),
  stock("fused kernels take a bias of rank 1 only", /only supports rank-1 bias/),
  stock("clipByValue loses NaN", /^clipByValue: (basic vec4|propagates NaNs)$/),
  stock("a cast to bool keeps the lowest byte", /^tensor: Tensor2D (float32|int32) -> bool$/),
  stock("slice does not refuse to read past its input", /^slice2d: throws when requesting out of bounds slice$/),
  {
    ...stock(
      "pooling leaves fractional outputs unset",
      /^pool: (max|avg) x=\[2,2,3\] f=\[1,1\] s=2 p=1 fractional outputs/,
    ),
    byChance: true,
  },
  stock("bincount's shape, in threshold's otsu method", /^threshold: method otsu/),
];
