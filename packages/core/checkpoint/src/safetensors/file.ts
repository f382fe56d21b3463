import { closeSync, fstatSync, readSync } from "node:fs";
import { openRegular } from "@petl/files";
import { bf16ToF32, f16ToF32 } from "@petl/weight-formats";
import { CheckpointError, reasonOf, systemCode } from "../error.js";
import { isReadable } from "./dtype.js";
import { HEADER_LIMIT_BYTES, type Header, PREFIX_BYTES, parseHeader, type TensorInfo } from "./header.js";

/** Tensors of a checkpoint by name, read from disk one at a time. */
export interface TensorSource {
  /** The file or directory it was opened from. */
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Every tensor's name, in the order of the header. */
  names(): string[];
  /** @throws CheckpointError E_TENSOR_MISSING */
  info(name: string): TensorInfo;
  /**
   * Reads one float tensor as f32, row-major; F16 and BF16 are widened exactly.
   *
   * @throws CheckpointError E_TENSOR_MISSING, E_DTYPE_UNKNOWN for other dtypes, E_FILE_TRUNCATED
   */
  read(name: string): Float32Array;
  /** Reads one I32 or I64 tensor as what it is; errors as for `read`. */
  readIntegers(name: string): Int32Array | BigInt64Array;
  /** Closes the files; reading afterwards opens them again. */
  close(): void;
}

/** One safetensors file, opened by `readSafetensors`. */
export class SafetensorsFile implements TensorSource {
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

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    this.#descriptor ??= openFile(this.path);
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

function openFile(path: string): number {
  try {
    return openRegular(path);
  } catch (cause) {
    throw new CheckpointError("E_FILE_MISSING", {
      file: path,
      expected: "a readable safetensors file",
      got: systemCode(cause) === "ENOENT" ? "no file" : reasonOf(cause),
      remedy: "check the path",
      cause,
    });
  }
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

function readExactly(path: string, descriptor: number, offset: number, bytes: number, what: string): ArrayBuffer {
  const fileBytes = fstatSync(descriptor).size;
  if (offset + bytes > fileBytes) throw truncated(path, offset + bytes, fileBytes, what);
  const buffer = new ArrayBuffer(bytes);
  let done = 0;
  while (done < bytes) {
    const step = Math.min(bytes - done, 1 << 30); // the system call takes at most 2 GiB
    const got = readSync(descriptor, new Uint8Array(buffer, done, step), 0, step, offset + done);
    if (got === 0) throw truncated(path, offset + bytes, offset + done, what);
    done += got;
  }
  return buffer;
}

function truncated(file: string, expectedBytes: number, gotBytes: number, what: string): CheckpointError {
  return new CheckpointError("E_FILE_TRUNCATED", {
    file,
    expected: `at least ${expectedBytes} bytes for ${what}`,
    got: `${gotBytes} bytes`,
    remedy: "the file is cut short: copy or download it again",
  });
}
