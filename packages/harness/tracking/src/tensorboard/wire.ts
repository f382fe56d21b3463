/** Fields of a protocol buffer message, in its wire format: https://protobuf.dev/programming-guides/encoding/ */

/** A field that holds a whole number from 0 to 2^53 - 1. */
export function wholeField(number: number, value: number): Uint8Array {
  return Buffer.from([...varint(number * 8), ...varint(value)]);
}

/** A field that holds a 64-bit float. */
export function doubleField(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([Buffer.from(varint(number * 8 + 1)), bytes]);
}

/** A field that holds a 32-bit float. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([Buffer.from(varint(number * 8 + 5)), bytes]);
}

/** A field that holds a text in UTF-8, or a message of these fields. */
export function lengthField(number: number, value: string | readonly Uint8Array[]): Uint8Array {
  const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.concat(value);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
}

/** Seven bits a byte, the lowest first; all bytes but the last have the highest bit set. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
