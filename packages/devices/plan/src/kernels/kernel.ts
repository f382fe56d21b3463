import { type Storage, storageOf, type tf } from "@petl/tensor";

export type TensorInfo = tf.TensorInfo;
export type Inputs = Readonly<Record<string, TensorInfo | undefined>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** A tensor that a kernel would create. */
export interface OutputShape {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  /** Of a weight that is stored in few bits. */
  readonly storage?: Storage;
}

/** Outputs and cost of one kernel call. */
export interface KernelPlan {
  readonly outputs: readonly OutputShape[];
  /** The input whose buffer the only output shares, without allocation. */
  readonly shares?: TensorInfo;
  /** Arithmetic operations on values; a transcendental function counts as one. */
  readonly flops: number;
  /** Bytes read and written; default: every input once and every output once. */
  readonly bytesMoved?: number;
  /** Of these, bytes written; default: every output that shares no buffer once. */
  readonly bytesWritten?: number;
  /** Whether matrix units can compute it. */
  readonly isMatrixProduct?: boolean;
}

/** A kernel of this device: from the shapes of its inputs to those of its outputs, and their cost. */
export type PlanKernel = (inputs: Inputs, attributes: Attributes) => KernelPlan;

/** Number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Bytes of a tensor's values, as they are counted. */
export function bytesOf(tensor: OutputShape | TensorInfo): number {
  const storage = "dataId" in tensor ? storageOf(tensor) : tensor.storage;
  return storage?.bytes ?? sizeOf(tensor.shape) * (tensor.dtype === "bool" ? 1 : 4);
}

export const float = (shape: readonly number[]): OutputShape => ({ shape, dtype: "float32" });

/** The axis counted from the start; a negative one counts from the end. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Inputs given as a list; tfjs passes them under their indices. */
export const listOf = (inputs: Inputs): TensorInfo[] => Object.values(inputs).filter((each) => each !== undefined);
