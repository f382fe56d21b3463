import { isUtf8 } from "node:buffer";
import { TaskError } from "@petl/task";

const lineFeed = 0x0a;

/** Checks that a file's bytes are UTF-8, chunk by chunk: a decoder would put U+FFFD for what it cannot read, without a word. */
export class Utf8Check {
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;
  #offset = 0;

  constructor(readonly file: string) {}

  /** @throws {TaskError} `E_TASK_ROW` with the line and the first byte at fault */
  check(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const whole = bytes.subarray(0, bytes.length - incompleteBytes(bytes));
    if (!isUtf8(whole)) throw this.#error(whole);
    this.#rest = Buffer.from(bytes.subarray(whole.length));
    this.#offset += whole.length;
    for (let at = whole.indexOf(lineFeed); at >= 0; at = whole.indexOf(lineFeed, at + 1)) this.#line += 1;
  }

  /** The file has ended. @throws {TaskError} `E_TASK_ROW` if it ends inside a character */
  end(): void {
    if (this.#rest.length > 0) throw this.#error(this.#rest);
  }

  #error(bytes: Buffer): TaskError {
    const at = firstInvalid(bytes);
    const before = bytes.subarray(0, at).filter((byte) => byte === lineFeed).length;
    const byte = bytes[at]!.toString(16).padStart(2, "0").toUpperCase();
    return new TaskError("E_TASK_ROW", "the file is not UTF-8", {
      file: this.file,
      line: this.#line + before,
      expected: "UTF-8",
      got: `byte 0x${byte} at offset ${this.#offset + at}`,
      remedy: "convert the file to UTF-8, for example with iconv",
    });
  }
}

/** How many bytes at the end begin a character that the next chunk completes: 0 to 3. */
function incompleteBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** Where the longest valid beginning ends, by halving. */
function firstInvalid(bytes: Buffer): number {
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 4) {
    const middle = (valid + invalid) >> 1;
    const start = middle - incompleteBytes(bytes.subarray(0, middle));
    if (start > valid && isUtf8(bytes.subarray(valid, start))) valid = start;
    else if (start > valid) invalid = start;
    else break;
  }
  while (valid < bytes.length) {
    const length = [1, 2, 3, 4].find(
      (size) => valid + size <= bytes.length && isUtf8(bytes.subarray(valid, valid + size)),
    );
    if (length === undefined) break;
    valid += length;
  }
  return valid;
}
