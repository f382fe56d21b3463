import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";

/**
 * The parts of tfjs-core's engine that its type declarations keep private and that the tape, the byte accounting and
 * the fused operations build on. tfjs-core is pinned to one version; `test/engine.test.ts` holds these names against it.
 */
export interface Engine {
  readonly backendName: string;
  readonly state: {
    gradientDepth: number;
    kernelDepth: number;
    readonly tensorInfo: { has(dataId: object): boolean; get(dataId: object): { bytes: number } | undefined };
  };
  isTapeOn(): boolean;
  addTapeNode(
    kernelName: string,
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Tensor[],
    gradient: KernelGradient | null,
    saved: Saved[],
    attrs: unknown,
  ): void;
  getTensorsForGradient(kernelName: string, inputs: Readonly<Record<string, Tensor>>, outputs: Tensor[]): Tensor[];
  saveTensorsForBackwardMode(tensors: Tensor[]): Saved[];
  trackTensor(tensor: Tensor, backend: unknown): void;
  removeDataId(dataId: object, backend: unknown): void;
  tidy<T>(scope: () => T): T;
}

/** What a gradient function reads later: a tensor, or only its shape where the values are not needed. */
export type Saved = Tensor | ShapeOnly;
export interface ShapeOnly {
  readonly shape: number[];
  readonly rank: number;
  readonly size: number;
  readonly dtype: tf.DataType;
}

/** A kernel's gradient: from the outputs' gradients to one lazy gradient per input name. */
export type KernelGradient = (dy: Tensor | Tensor[], saved: Saved[], attrs: unknown) => Record<string, () => Tensor>;

/** The process-wide tfjs engine. */
export const engine = tf.engine() as unknown as Engine;
