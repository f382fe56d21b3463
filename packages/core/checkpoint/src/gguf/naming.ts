/** A tensor of a GGUF file as the model has it. */
export interface ModelTensor {
  /** The name that the model's safetensors files give it. */
  readonly name: string;
  /** The row of the file that is row `row` of the model; absent where rows are in the same order. */
  readonly storedRow?: (row: number) => number;
}

/** How the GGUF files of a family's models name and order tensors. */
export interface GgufNaming {
  /** The values of `general.architecture` that it reads. */
  readonly architectures: readonly string[];
  /** The tensor of the model that one of the file is; null for one that nothing computes with. */
  tensor(stored: string, architecture: string): ModelTensor | null;
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
