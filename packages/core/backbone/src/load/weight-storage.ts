import { storedWeight, type Tensor, tf } from "@petl/tensor";
import {
  type BackboneDtype,
  readStored,
  type StoredWeight,
  storeWeight,
  type WeightFormat,
} from "@petl/weight-formats";
import type { Family, KeepWeight } from "../contract/family.js";
import { BackboneError } from "./backbone-error.js";
import { asParameter, float32Parameter } from "./parameter.js";

/** What is wanted of a backbone's weights. */
export interface WeightStorage {
  /** 16 bits: of all that is `storable`; fewer: of the weights of layers, and `bf16` of tables. */
  readonly dtype: BackboneDtype;
  /** Tensors that stay in float32, because a method trains them. */
  readonly unfrozen: ReadonlySet<string>;
}

/** Every tensor in float32. */
export const float32Storage: WeightStorage = { dtype: "f32", unfrozen: new Set() };

/** What a tensor is kept as where `dtype` is wanted: fewer than 16 bits are for the weights of layers only. */
export function formatFor<Dtype extends WeightFormat>(dtype: Dtype, isLayer: boolean): Dtype | "bf16" {
  return isLayer || dtype === "f16" ? dtype : "bf16";
}

/** Makes the tensors of a backbone, by our names, stored as is wanted. */
export interface WeightKeeper {
  /** Of a fresh backbone's first values. */
  readonly drawn: KeepWeight;
  /** Of values in float32, row-major. */
  values(name: string, values: Float32Array, shape: readonly number[]): Tensor;
  /** Of a weight as a file has it: widened where a method trains it, or an operation other than `linear` and `embedding` reads it. */
  stored(name: string, weight: StoredWeight): Tensor;
}

/**
 * What keeps the tensors of a geometry.
 * @throws BackboneError E_BACKBONE_STORAGE where the family's are float32 only
 */
export function weightKeeper<Config>(
  family: Pick<Family<Config>, "name" | "storable">,
  config: Config,
  { dtype, unfrozen }: WeightStorage,
): WeightKeeper {
  if (family.storable === undefined && dtype !== "f32")
    throw new BackboneError(
      "E_BACKBONE_STORAGE",
      `family ${family.name}: expected f32, as it does not say which of its weights may be stored in fewer bits, got ${dtype}; use --backbone-dtype f32`,
    );
  const { layers, tables } = family.storable?.(config) ?? { layers: [], tables: [] };
  const isStorable = new Set([...layers, ...tables].filter((name) => !unfrozen.has(name)));
  const isLayer = new Set(layers);
  const formatOf = (name: string) => {
    return dtype === "f32" || dtype === "file" || !isStorable.has(name) ? null : formatFor(dtype, isLayer.has(name));
  };
  return {
    drawn(name, value) {
      if (dtype === "file")
        throw new BackboneError(
          "E_BACKBONE_STORAGE",
          "backbone dtype: expected a format such as bf16 or nf4 for weights that come from no file, got file",
        );
      const format = formatOf(name);
      if (format === null) return float32Parameter(name, value);
      return frozen(format, value.shape, () => storeWeight(value.values(), value.shape, format));
    },
    values(name, values, shape) {
      const format = formatOf(name);
      if (format === null) return asParameter(tf.tensor(values, [...shape]));
      return frozen(format, shape, () => storeWeight(values, shape, format));
    },
    stored(name, weight) {
      if (isStorable.has(name)) return frozen(weight.format, weight.shape, () => weight);
      return asParameter(tf.tensor(readStored(weight), [...weight.shape]));
    },
  };
}

const frozen = (format: WeightFormat, shape: readonly number[], make: () => StoredWeight): Tensor =>
  tf.keep(storedWeight(format, shape, () => make().bytes));
