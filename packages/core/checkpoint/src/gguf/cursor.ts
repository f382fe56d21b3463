import { readSync } from "node:fs";
import { CheckpointError } from "../error.js";

const windowBytes = 1 << 16;

/** Reads little-endian fields of a file one after another through a window of 64 KiB, so that a header costs no more memory than what is kept of it. */
export class Cursor {
  #window = new DataView(new ArrayBuffer(0));
  #windowStart = 0;
  #position = 0;

  constructor(
    readonly path: string,
    private readonly descriptor: number,
    readonly fileBytes: number,
  ) {}

  /** In bytes from the start of the file. */
  get position(): number {
    return this.#position;
  }

  get bytesLeft(): number {
    return this.fileBytes - this.#position;
  }

  u8 = (what: string): number => this.#view(1, what, (view, at) => view.getUint8(at));
  i8 = (what: string): number => this.#view(1, what, (view, at) => view.getInt8(at));
  u16 = (what: string): number => this.#view(2, what, (view, at) => view.getUint16(at, true));
  i16 = (what: string): number => this.#view(2, what, (view, at) => view.getInt16(at, true));
  u32 = (what: string): number => this.#view(4, what, (view, at) => view.getUint32(at, true));
  i32 = (what: string): number => this.#view(4, what, (view, at) => view.getInt32(at, true));
  f32 = (what: string): number => this.#view(4, what, (view, at) => view.getFloat32(at, true));
  f64 = (what: string): number => this.#view(8, what, (view, at) => view.getFloat64(at, true));
  u64 = (what: string): bigint => this.#view(8, what, (view, at) => view.getBigUint64(at, true));
  i64 = (what: string): bigint => this.#view(8, what, (view, at) => view.getBigInt64(at, true));

  /** A u64 that counts something of which each takes at least `bytesEach` of the bytes left. @throws CheckpointError E_HEADER_INVALID */
  count(what: string, bytesEach: number): number {
    const value = this.u64(what);
    if (value <= BigInt(Math.floor(this.bytesLeft / bytesEach))) return Number(value);
    throw new CheckpointError("E_HEADER_INVALID", {
      file: this.path,
      expected: `${what} that fits in the ${this.bytesLeft} bytes left of the file`,
      got: String(value),
      remedy: "the file is damaged or cut short: copy or download it again",
    });
  }

  /** A string of at most `mostBytes`, in UTF-8. @throws CheckpointError E_HEADER_INVALID */
  string(what: string, mostBytes: number): string {
    const bytes = this.count(`a length of ${what}`, 1);
    if (bytes > mostBytes) {
      throw new CheckpointError("E_HEADER_INVALID", {
        file: this.path,
        expected: `${what} of at most ${mostBytes} bytes`,
        got: `${bytes} bytes`,
        remedy: "the file is damaged: copy or download it again",
      });
    }
    return this.text(bytes, what);
  }

  /** The next bytes as UTF-8. @throws CheckpointError E_FILE_TRUNCATED */
  text(bytes: number, what: string): string {
    this.#fill(bytes, what);
    const start = this.#position - this.#windowStart;
    this.#position += bytes;
    return new TextDecoder().decode(new Uint8Array(this.#window.buffer, start, bytes));
  }

  /** @throws CheckpointError E_FILE_TRUNCATED where the file ends before */
  skip(bytes: number, what: string): void {
    if (bytes > this.bytesLeft) throw this.#truncated(bytes, what);
    this.#position += bytes;
  }

  #view<T>(bytes: number, what: string, read: (view: DataView, at: number) => T): T {
    this.#fill(bytes, what);
    const value = read(this.#window, this.#position - this.#windowStart);
    this.#position += bytes;
    return value;
  }

  /** Makes the window hold the next `bytes`. */
  #fill(bytes: number, what: string): void {
    const end = this.#position + bytes;
    if (this.#position >= this.#windowStart && end <= this.#windowStart + this.#window.byteLength) return;
    if (bytes > this.bytesLeft) throw this.#truncated(bytes, what);
    const size = Math.min(Math.max(windowBytes, bytes), this.bytesLeft);
    const window = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const got = readSync(this.descriptor, window, done, size - done, this.#position + done);
      if (got === 0) throw this.#truncated(bytes, what);
      done += got;
    }
    this.#window = new DataView(window.buffer);
    this.#windowStart = this.#position;
  }

  #truncated(bytes: number, what: string): CheckpointError {
    return new CheckpointError("E_FILE_TRUNCATED", {
      file: this.path,
      expected: `${bytes} bytes at ${this.#position} for ${what}`,
      got: `${this.bytesLeft}`,
      remedy: "the file is cut short: copy or download it again",
    });
  }
}
