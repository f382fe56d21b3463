import { closeSync, fstatSync } from "node:fs";
import { bf16ToF32, f16ToF32, type StoredWeight } from "@petl/weight-formats";
import { CheckpointError } from "../error.js";
import { openWeights, readExactly, truncated } from "../read-exactly.js";
import { type RawTensorSource, storedFormat, type TensorInfo } from "../tensor-source.js";
import { isReadable } from "./dtype.js";
import { HEADER_LIMIT_BYTES, type Header, PREFIX_BYTES, parseHeader } from "./header.js";

/** One safetensors file, opened by `readSafetensors`. */
export class SafetensorsFile implements RawTensorSource {
  #descriptor: number | undefined;
  readonly #header: Header;

  constructor(readonly path: string) {
    this.#header = readHeader(path, this.#open());
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#header.metadata;
  }

  names(): string[] {
    return [...this.#header.tensors.keys()];
  }

  info(name: string): TensorInfo {
    const { dtype, shape, bytes } = this.#placed(name);
    return { dtype, shape, bytes };
  }

  read(name: string): Float32Array {
    const { dtype } = this.#placed(name);
    if (dtype === "F32") return new Float32Array(this.#data(name));
    if (dtype === "F16") return f16ToF32(new Uint16Array(this.#data(name)));
    if (dtype === "BF16") return bf16ToF32(new Uint16Array(this.#data(name)));
    throw this.#wrongDtype(name, "F32, F16 or BF16", isReadable(dtype) ? "read it with readIntegers" : undefined);
  }

  readIntegers(name: string): Int32Array | BigInt64Array {
    const { dtype } = this.#placed(name);
    if (dtype === "I32") return new Int32Array(this.#data(name));
    if (dtype === "I64") return new BigInt64Array(this.#data(name));
    throw this.#wrongDtype(name, "I32 or I64", isReadable(dtype) ? "read it with read" : undefined);
  }

  readStored(name: string): StoredWeight | null {
    const { dtype, shape } = this.#placed(name);
    const format = storedFormat({ dtype });
    if (format !== null) return { format, shape, bytes: this.readBytes(name) };
    if (dtype === "F32") return null;
    throw this.#wrongDtype(name, "F32, F16 or BF16", isReadable(dtype) ? "read it with readIntegers" : undefined);
  }

  readBytes(name: string): Uint8Array {
    return new Uint8Array(this.#data(name));
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    this.#descriptor ??= openWeights(this.path, "safetensors");
    return this.#descriptor;
  }

  #placed(name: string) {
    const placed = this.#header.tensors.get(name);
    if (placed !== undefined) return placed;
    throw new CheckpointError("E_TENSOR_MISSING", {
      file: this.path,
      expected: `a tensor "${name}"`,
      got: `${this.#header.tensors.size} tensors, none of that name`,
      remedy: "check that the checkpoint belongs to this model",
    });
  }

  #data(name: string): ArrayBuffer {
    const { offset, bytes } = this.#placed(name);
    return readExactly(this.path, this.#open(), offset, bytes, `tensor "${name}"`);
  }

  #wrongDtype(name: string, expected: string, remedy = "convert the checkpoint to F32, F16 or BF16") {
    const { dtype } = this.#placed(name);
    return new CheckpointError("E_DTYPE_UNKNOWN", {
      file: this.path,
      expected: `tensor "${name}" in ${expected}`,
      got: dtype,
      remedy,
    });
  }
}

/**
 * Opens a safetensors file: reads and checks its header only, tensors are read by offset when asked for.
 *
 * https://github.com/huggingface/safetensors#format
 * @throws CheckpointError
 */
export function readSafetensors(path: string): SafetensorsFile {
  return new SafetensorsFile(path);
}

function readHeader(path: string, descriptor: number): Header {
  const fileBytes = fstatSync(descriptor).size;
  if (fileBytes < PREFIX_BYTES) throw truncated(path, PREFIX_BYTES, fileBytes, "the length of the header");
  const prefix = readExactly(path, descriptor, 0, PREFIX_BYTES, "the length of the header");
  const headerBytes = new DataView(prefix).getBigUint64(0, true);
  if (headerBytes > BigInt(HEADER_LIMIT_BYTES)) {
    throw new CheckpointError("E_HEADER_TOO_LARGE", {
      file: path,
      expected: `a header of at most ${HEADER_LIMIT_BYTES} bytes`,
      got: `${headerBytes} bytes`,
      remedy: "this is not a safetensors file, or its first bytes are damaged: copy or download it again",
    });
  }
  const json = readExactly(path, descriptor, PREFIX_BYTES, Number(headerBytes), "the header");
  return parseHeader(path, new Uint8Array(json), fileBytes);
}
