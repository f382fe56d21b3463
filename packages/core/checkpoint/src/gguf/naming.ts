import type { GgufMetadata } from "./value.js";

/** A tensor of a GGUF file as the model has it. */
export interface ModelTensor {
  /** The name that the model's safetensors files give it. */
  readonly name: string;
  /** The row of the file that is row `row` of the model; absent where rows are in the same order. */
  readonly storedRow?: (row: number) => number;
}

/** What a GGUF file of a model is written with. */
export interface GgufDescription {
  /** `general.architecture`. */
  readonly architecture: string;
  /** What the file says of the geometry, by key without the architecture's name before it, such as `block_count`. */
  readonly metadata: GgufMetadata;
  /** Rows of its table of tokens. */
  readonly vocabularySize: number;
  /** What the file calls a tensor of the family; null where it has no place for it. */
  storedName(ours: string): string | null;
  /** Tensors in float32 beside the model's own, by the file's names, (n) each. */
  readonly constants: Readonly<Record<string, Float32Array>>;
}

/** How the GGUF files of a family's models name and order tensors. */
export interface GgufNaming {
  /** The values of `general.architecture` that it reads. */
  readonly architectures: readonly string[];
  /** The tensor of the model that one of the file is; null for one that nothing computes with. */
  tensor(stored: string, architecture: string): ModelTensor | null;
  /** How a model of this geometry is written; absent where such files are only read. */
  readonly written?: GgufDescription;
}

export const asIs = (name: string): ModelTensor => ({ name });

/**
 * Rows in the model's order. A row is a whole number of blocks, so its bytes move as they are.
 *
 * @param data `rows` rows of equal size
 */
export function inModelOrder(data: Uint8Array, rows: number, storedRow: (row: number) => number): Uint8Array {
  const bytes = rows === 0 ? 0 : data.length / rows;
  const ordered = new Uint8Array(data.length);
  for (let row = 0; row < rows; row++) {
    const from = storedRow(row) * bytes;
    ordered.set(data.subarray(from, from + bytes), row * bytes);
  }
  return ordered;
}

/** The same rows in the order of the file: what `inModelOrder` undoes. */
export function inFileOrder(data: Uint8Array, rows: number, storedRow: (row: number) => number): Uint8Array {
  const bytes = rows === 0 ? 0 : data.length / rows;
  const ordered = new Uint8Array(data.length);
  for (let row = 0; row < rows; row++)
    ordered.set(data.subarray(row * bytes, (row + 1) * bytes), storedRow(row) * bytes);
  return ordered;
}
