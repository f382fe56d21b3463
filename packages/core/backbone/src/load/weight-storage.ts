import { storedWeight, type Tensor, tf } from "@petl/tensor";
import {
  type BackboneDtype,
  readStored,
  type StoredWeight,
  storeWeight,
  type WeightFormat,
} from "@petl/weight-formats";
import type { Family, KeepWeight } from "../contract/family.js";
import { asParameter } from "./parameter.js";

/** What is wanted of a backbone's weights. */
export interface WeightStorage {
  /** 16 bits: of all that is `storable`; fewer: of the weights of layers, and `bf16` of tables. */
  readonly dtype: BackboneDtype;
  /** Tensors that stay in float32, because a method trains them. */
  readonly unfrozen: ReadonlySet<string>;
}

/** Every tensor in float32. */
export const float32Storage: WeightStorage = { dtype: "f32", unfrozen: new Set() };

/** Keeps the tensors of a geometry that come as float32 values. */
export function keepWeights<Config>(
  family: Pick<Family<Config>, "storable">,
  config: Config,
  { dtype, unfrozen }: WeightStorage,
): KeepWeight {
  if (dtype === "f32" || dtype === "file") return (_, value) => asParameter(value);
  const { layers, tables } = family.storable(config);
  const ofTables = dtype === "f16" ? "f16" : "bf16";
  const formats = new Map([
    ...layers.map((name) => [name, dtype] as const),
    ...tables.map((name) => [name, ofTables] as const),
  ]);
  for (const name of unfrozen) formats.delete(name);
  return (name, value) => {
    const format = formats.get(name);
    if (format === undefined) return asParameter(value);
    const { shape } = value;
    const weight = kept(format, shape, () => storeWeight(value.dataSync() as Float32Array, shape, format));
    value.dispose();
    return weight;
  };
}

/** A weight as it comes from a file; in float32 where a method trains it, or an operation other than `linear` and `embedding` reads it. */
export function keepStored<Config>(
  family: Pick<Family<Config>, "storable">,
  config: Config,
  { unfrozen }: WeightStorage,
): (name: string, weight: StoredWeight) => Tensor {
  const { layers, tables } = family.storable(config);
  const storable = new Set([...layers, ...tables].filter((name) => !unfrozen.has(name)));
  return (name, weight) =>
    storable.has(name)
      ? kept(weight.format, weight.shape, () => weight)
      : asParameter(tf.tensor(readStored(weight), [...weight.shape]));
}

const kept = (format: WeightFormat, shape: readonly number[], read: () => StoredWeight): Tensor =>
  tf.keep(storedWeight(format, shape, () => read().bytes));
