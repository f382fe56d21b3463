import { claim } from "./damage.js";

/**
 * Decompresses one LZ4 block to exactly `size` bytes.
 * @throws {Damage}
 */
export function lz4(input: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size);
  let [at, done] = [0, 0];
  const lengthOf = (nibble: number) => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) {
      claim(at < input.length, "a page is cut-off LZ4 data");
      byte = input[at++]!;
    }
    return length;
  };
  while (at < input.length) {
    const token = input[at++]!;
    const literals = lengthOf(token >> 4);
    claim(at + literals <= input.length && done + literals <= size, "a page is damaged LZ4 data");
    output.set(input.subarray(at, at + literals), done);
    at += literals;
    done += literals;
    if (at === input.length) break; // the last sequence has no match
    claim(at + 2 <= input.length, "a page is cut-off LZ4 data");
    const offset = input[at]! + input[at + 1]! * 256;
    at += 2;
    const matched = 4 + lengthOf(token & 15);
    claim(offset > 0 && offset <= done && done + matched <= size, "a page is damaged LZ4 data");
    for (const end = done + matched; done < end; done++) output[done] = output[done - offset]!; // may overlap
  }
  claim(done === size, `a page has ${done} bytes where its header says ${size}`);
  return output;
}
