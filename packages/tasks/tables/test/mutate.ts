import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** A source of damaged copies of a file, the same for the same seed. */
export function mutator(seed: number): (bytes: Buffer) => Buffer {
  const random: RandomGenerator = xoroshiro128plus(seed);
  const upTo = (most: number) => uniformInt(random, 0, Math.max(0, most));
  const flip = (bytes: Buffer, from: number, to: number) => {
    const damaged = Buffer.from(bytes);
    for (let times = upTo(4); times >= 0; times--) damaged[from + upTo(to - from - 1)] = upTo(255);
    return damaged;
  };
  return (bytes) => {
    const at = upTo(bytes.length - 1);
    const length = upTo(Math.min(64, bytes.length - at));
    switch (upTo(6)) {
      case 0:
        return flip(bytes, 0, bytes.length);
      case 1:
        return flip(bytes, 0, Math.min(64, bytes.length)); // the header of a text
      case 2:
        return flip(bytes, Math.max(0, bytes.length - 1500), bytes.length); // the footer of Parquet
      case 3:
        return bytes.subarray(0, at);
      case 4:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
      case 5:
        return Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(Array.from({ length }, () => upTo(255))),
          bytes.subarray(at),
        ]);
      default:
        return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    }
  };
}
