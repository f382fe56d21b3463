import { crc32c } from "./crc32c.js";

/** A record of a TFRecord file: length in 8 bytes, its checksum, the bytes, their checksum; all little-endian. */
export function framed(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, checksum(length), bytes, checksum(bytes)]);
}

/** CRC-32C rotated right by 15 bits, plus a constant: so a checksum of data that holds checksums stays telling. */
function checksum(bytes: Uint8Array): Uint8Array {
  const crc = crc32c(bytes);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
