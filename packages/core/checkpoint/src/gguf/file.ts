import { closeSync, fstatSync } from "node:fs";
import { q8FromQ5, readStored, type StoredWeight } from "@petl/weight-formats";
import { CheckpointError } from "../error.js";
import { openWeights, readExactly } from "../read-exactly.js";
import { storedFormat, type TensorInfo, type TensorSource } from "../tensor-source.js";
import { Cursor } from "./cursor.js";
import { type GgufHeader, type PlacedTensor, readHeader } from "./header.js";
import { asIs, type GgufNaming, inModelOrder, type ModelTensor } from "./naming.js";

/** One GGUF file, read by offset as the tensors of a model. */
export class GgufFile implements TensorSource {
  #descriptor: number | undefined;
  readonly #header: GgufHeader;
  readonly #tensors: ReadonlyMap<string, ModelTensor & { readonly placed: PlacedTensor }>;

  /** @throws CheckpointError */
  constructor(
    readonly path: string,
    naming?: GgufNaming,
  ) {
    const descriptor = this.#open();
    try {
      this.#header = readHeader(new Cursor(path, descriptor, fstatSync(descriptor).size));
      this.#tensors = this.#named(naming);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#header.metadata;
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  info(name: string): TensorInfo {
    const { dtype, shape, bytes } = this.#tensor(name).placed;
    return { dtype, shape, bytes };
  }

  read(name: string): Float32Array {
    const stored = this.readStored(name);
    return stored === null ? new Float32Array(this.#bytes(name).buffer) : readStored(stored);
  }

  readStored(name: string): StoredWeight | null {
    const { shape, dtype } = this.#tensor(name).placed;
    const format = storedFormat({ dtype });
    if (format === null) return null;
    const bytes = this.#bytes(name);
    return { format, shape, bytes: dtype === "Q5_0" ? q8FromQ5(bytes) : bytes };
  }

  readIntegers(name: string): Int32Array | BigInt64Array {
    throw new CheckpointError("E_DTYPE_UNKNOWN", {
      file: this.path,
      expected: `tensor "${name}" in I32 or I64`,
      got: this.#tensor(name).placed.dtype,
      remedy: "read it with read",
    });
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    this.#descriptor ??= openWeights(this.path, "GGUF");
    return this.#descriptor;
  }

  #tensor(name: string): ModelTensor & { readonly placed: PlacedTensor } {
    const tensor = this.#tensors.get(name);
    if (tensor !== undefined) return tensor;
    throw new CheckpointError("E_TENSOR_MISSING", {
      file: this.path,
      expected: `a tensor "${name}"`,
      got: `${this.#tensors.size} tensors, none of that name`,
      remedy: "check that the checkpoint belongs to this model",
    });
  }

  #bytes(name: string): Uint8Array {
    const { placed, storedRow } = this.#tensor(name);
    const { offset, bytes, shape } = placed;
    const data = new Uint8Array(readExactly(this.path, this.#open(), offset, bytes, `tensor "${name}"`));
    return storedRow === undefined ? data : inModelOrder(data, shape[0] ?? 1, storedRow);
  }

  #named(naming: GgufNaming | undefined): Map<string, ModelTensor & { readonly placed: PlacedTensor }> {
    const architecture = this.metadata["general.architecture"] ?? "none";
    if (naming !== undefined && !naming.architectures.includes(architecture)) {
      throw new CheckpointError("E_CONFIG_INVALID", {
        file: this.path,
        expected: `a model of ${naming.architectures.join(", ") || "a family that is read from GGUF, which this one is not"}`,
        got: `general.architecture ${architecture}`,
        remedy: "check that config.json belongs to it, or take the model in safetensors",
      });
    }
    const named = new Map<string, ModelTensor & { readonly placed: PlacedTensor }>();
    for (const [stored, placed] of this.#header.tensors) {
      const tensor = naming === undefined ? asIs(stored) : naming.tensor(stored, architecture);
      if (tensor !== null) named.set(tensor.name, { ...tensor, placed });
    }
    return named;
  }
}
