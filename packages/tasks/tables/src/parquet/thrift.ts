import { claim, Damage } from "./damage.js";

const mostDepth = 32;
const lists = new Set([9, 10]);

/**
 * Walks one struct of Thrift's compact protocol without building it; returns the offset of its end.
 *
 * hyparquet believes the lengths it reads: a list of 2^31 entries is allocated before its first entry is read. Here every list must have
 * at least one byte per entry, every number at most ten bytes, and structs are at most 32 deep.
 *
 * @throws {Damage}; {Truncated} where the bytes end first
 */
export function structEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  const byte = () => {
    if (at >= bytes.length) throw new Truncated();
    return bytes[at++]!;
  };
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const next = byte();
      value += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) return value;
    }
    throw new Damage("its header has a number that does not end");
  };
  const skip = (length: number) => {
    if (length > bytes.length - at) throw new Truncated();
    at += length;
  };
  const struct = (depth: number) => {
    claim(depth < mostDepth, "its header is nested too deep");
    for (;;) {
      const field = byte();
      if (field === 0) return;
      if (field >> 4 === 0) varint();
      value(field & 0x0f, depth, false);
    }
  };
  const value = (type: number, depth: number, inList: boolean) => {
    if (type === 1 || type === 2) return inList ? skip(1) : undefined;
    if (type === 3) return skip(1);
    if (type >= 4 && type <= 6) return void varint();
    if (type === 7) return skip(8);
    if (type === 8) return skip(varint());
    if (type === 12) return struct(depth + 1);
    claim(lists.has(type) && depth < mostDepth, "its header has a field of unknown type");
    const head = byte();
    const length = head >> 4 === 15 ? varint() : head >> 4;
    if (length > bytes.length - at) throw new Truncated();
    for (let index = 0; index < length; index++) value(head & 0x0f, depth + 1, true);
  };
  struct(0);
  return at;
}

/** The bytes ended inside a struct. */
export class Truncated extends Damage {
  override readonly message = "its header is cut off";
}
