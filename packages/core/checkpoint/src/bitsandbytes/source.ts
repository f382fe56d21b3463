import { readStored, type StoredWeight, weightLayout } from "@petl/weight-formats";
import type { RawTensorSource, TensorInfo, TensorSource } from "../tensor-source.js";
import { partNames, quantisedWeights } from "./parts.js";
import { checkedWeight, type NormalFloatWeight } from "./state.js";

/**
 * A source whose weights in bitsandbytes' 4-bit layout are each one tensor, in their own shape; the source itself where it has none.
 *
 * @throws CheckpointError for a weight in another 4-bit type, block size or map, and for parts that are missing or do not fit
 */
export function withBitsandbytes(source: RawTensorSource): TensorSource {
  const weights = quantisedWeights(source);
  if (weights.size === 0) return source;
  try {
    return new BitsandbytesSource(source, weights);
  } catch (error) {
    source.close();
    throw error;
  }
}

class BitsandbytesSource implements TensorSource {
  readonly #source: RawTensorSource;
  readonly #names: readonly string[];
  readonly #weights: ReadonlyMap<string, NormalFloatWeight>;

  constructor(source: RawTensorSource, stateNames: ReadonlyMap<string, string>) {
    this.#source = source;
    const all = new Set(source.names());
    const isNested = (name: string): boolean => all.has(`${name}.${partNames.nestedScales}`);
    this.#weights = new Map(
      [...stateNames].map(([name, state]) => [name, checkedWeight(source, name, state, isNested(name))]),
    );
    const parts = new Set<string>(stateNames.values());
    for (const name of stateNames.keys()) for (const part of Object.values(partNames)) parts.add(`${name}.${part}`);
    this.#names = [...all].filter((name) => !parts.has(name));
  }

  get path(): string {
    return this.#source.path;
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#source.metadata;
  }

  names(): string[] {
    return [...this.#names];
  }

  info(name: string): TensorInfo {
    const weight = this.#weights.get(name);
    if (weight === undefined) return this.#source.info(name);
    const bytes = weightLayout(weight.format, countOf(weight.shape)).bytes;
    return { dtype: weight.format.toUpperCase(), shape: weight.shape, bytes };
  }

  read(name: string): Float32Array {
    return this.#weights.has(name) ? readStored(this.readStored(name)!) : this.#source.read(name);
  }

  readStored(name: string): StoredWeight | null {
    const weight = this.#weights.get(name);
    if (weight === undefined) return this.#source.readStored(name);
    const { format, shape, offset } = weight;
    const layout = weightLayout(format, countOf(shape));
    const bytes = new Uint8Array(layout.bytes);
    bytes.set(this.#source.readBytes(name), layout.codes.offset);
    bytes.set(this.#source.readBytes(`${name}.${partNames.scales}`), layout.scales!.offset);
    if (layout.nestedScales !== undefined && layout.scaleOffset !== undefined) {
      bytes.set(this.#source.readBytes(`${name}.${partNames.nestedScales}`), layout.nestedScales.offset);
      bytes.set(new Uint8Array(Float32Array.of(offset).buffer), layout.scaleOffset.offset);
    }
    return { format, shape, bytes };
  }

  readIntegers(name: string): Int32Array | BigInt64Array {
    return this.#source.readIntegers(name);
  }

  close(): void {
    this.#source.close();
  }
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
