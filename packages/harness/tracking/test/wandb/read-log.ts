import { readFileSync } from "node:fs";

/** The records of a `.wandb` file, by a reader that shares nothing with the writer. Throws where a frame is not as it must be. */
export function readLog(path: string): Uint8Array[] {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, 7).toString("hex") !== "3a572642e1be00") throw new Error("no W&B file"); // ":W&B", 0xbee1, 0
  const records: Uint8Array[] = [];
  let parts: Uint8Array[] | null = null;
  for (let at = 7; at < bytes.length; ) {
    const left = 32_768 - (at % 32_768);
    if (left < 7) {
      if (bytes.subarray(at, at + left).some((byte) => byte !== 0)) throw new Error(`at ${at}: expected zeros`);
      at += left;
      continue;
    }
    const length = bytes.readUInt16LE(at + 4);
    const kind = bytes[at + 6]!;
    if (length > left - 7) throw new Error(`at ${at}: ${length} bytes reach into the next block`);
    if (crc32(bytes.subarray(at + 6, at + 7 + length)) !== bytes.readUInt32LE(at))
      throw new Error(`at ${at}: wrong checksum`);
    const begins = kind === 1 || kind === 2;
    if (begins !== (parts === null)) throw new Error(`at ${at}: a part of kind ${kind} is out of place`);
    parts = [...(parts ?? []), bytes.subarray(at + 7, at + 7 + length)];
    if (kind === 1 || kind === 4) {
      records.push(Buffer.concat(parts));
      parts = null;
    }
    at += 7 + length;
  }
  if (parts !== null) throw new Error("the last record has no end");
  return records;
}

/** CRC-32 of ISO 3309, bit by bit. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
}

/** A message's fields by number, in the order in which they stand: whole numbers, or the bytes of texts and messages. */
export function fieldsOf(message: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const whole = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = whole();
    const wireType = tag % 8;
    if (wireType !== 0 && wireType !== 2) throw new Error(`a field of wire type ${wireType} is not expected here`);
    let value: number | Uint8Array = whole();
    if (wireType === 2) {
      at += value;
      value = message.subarray(at - value, at);
    }
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}
