import { Decompress } from "fzstd";
import { claim } from "./damage.js";

const magic = 0xfd2fb528;
/** 8 MiB: what zstd's strongest ordinary level looks back. */
const ordinaryWindow = 2 ** 23;

/**
 * Decompresses one zstd frame to exactly `size` bytes: fzstd would return fewer, or allocate as its header says.
 * @throws {Damage}, and fzstd's own errors
 */
export function zstd(input: Uint8Array, size: number): Uint8Array {
  checkFrame(input, size);
  const output = new Uint8Array(size);
  let done = 0;
  const stream = new Decompress((chunk) => {
    claim(done + chunk.length <= size, `a page has more than the ${size} bytes of its header`);
    output.set(chunk, done);
    done += chunk.length;
  });
  stream.push(input, true);
  claim(done === size, `a page has ${done} bytes where its header says ${size}`);
  return output;
}

function checkFrame(input: Uint8Array, size: number): void {
  const numberAt = (at: number, bytes: number) => {
    claim(at + bytes <= input.length, "a page is cut-off zstd data");
    let value = 0;
    for (let index = 0; index < bytes; index++) value += input[at + index]! * 2 ** (8 * index);
    return value;
  };
  claim(input.length > 5 && numberAt(0, 4) === magic, "a page is not zstd data");
  const flags = input[4]!;
  const single = (flags >> 5) & 1;
  let at = 6 - single + [0, 1, 2, 4][flags & 3]!;
  const sizeBytes = flags >> 6 === 0 ? single : 2 ** (flags >> 6);
  const stated = numberAt(at, sizeBytes) + (flags >> 6 === 1 ? 256 : 0);
  claim(sizeBytes === 0 || stated === size, `a page has ${stated} bytes where its header says ${size}`);
  const window = single === 1 ? stated : 2 ** (10 + (input[5]! >> 3)) * (1 + (input[5]! & 7) / 8);
  claim(window <= Math.max(size, ordinaryWindow), "a page's zstd window is larger than the page");
  at += sizeBytes;
  for (let isLast = false; !isLast; ) {
    const head = numberAt(at, 3);
    isLast = head % 2 === 1;
    const kind = (head >> 1) & 3;
    claim(kind < 3, "a page is damaged zstd data");
    at += 3 + (kind === 1 ? 1 : head >> 3); // a block of kind 1 repeats one byte
  }
  at += (flags >> 2) & 1 ? 4 : 0; // a checksum, which fzstd ignores
  claim(at === input.length, "a page is not one whole zstd frame");
}
