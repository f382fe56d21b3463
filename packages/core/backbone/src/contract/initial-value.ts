import { type Random, type Tensor, tf } from "@petl/tensor";

/** The first value of a tensor: made on the device, or on the host where it is to be stored in few bits. Only one of the two is asked for. */
export interface InitialValue {
  readonly shape: readonly number[];
  /** A new float32 tensor. */
  tensor(): Tensor;
  /** The values of that tensor, bit for bit, row-major. */
  values(): Float32Array;
}

/** One value everywhere. */
export const constantValue = (shape: readonly number[], value: number): InitialValue =>
  fromHost(shape, () => new Float32Array(tf.util.sizeFromShape([...shape])).fill(value));

/** A vector of these values. */
export const givenValue = (values: readonly number[]): InitialValue =>
  fromHost([values.length], () => Float32Array.from(values));

/** N(0, `deviation`^2), the next draw of a stream. */
export function normalValue(random: Random, shape: readonly number[], deviation: number): InitialValue {
  return {
    shape,
    tensor: () => random.normal(shape, 0, deviation),
    values: () => random.normalValues(tf.util.sizeFromShape([...shape]), 0, deviation),
  };
}

const fromHost = (shape: readonly number[], values: () => Float32Array): InitialValue => ({
  shape,
  tensor: () => tf.tensor(values(), [...shape]),
  values,
});
