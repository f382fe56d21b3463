import { type FileMetaData, parquetMetadata } from "hyparquet";
import { claim } from "./damage.js";
import { structEnd } from "./thrift.js";

/** 16 MiB. */
const longest = 2 ** 24;
const tailBytes = 8;

/** Reads bytes of a file; throws {Damage} where it ends before. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/**
 * The description of a Parquet file that stands at its end, and where it begins.
 * @throws {Damage}, and whatever hyparquet throws
 */
export function readFooter(readAt: ReadAt, size: number): { metadata: FileMetaData; start: number } {
  claim(size >= 4 + tailBytes, "it is too short");
  const [head, tail] = [magic(readAt(0, 4)), readAt(size - tailBytes, tailBytes)];
  claim(magic(tail.subarray(4)) !== "PARE", "it is encrypted");
  claim(head === "PAR1" && magic(tail.subarray(4)) === "PAR1", "it does not begin and end with PAR1");
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  claim(length <= size - 4 - tailBytes, "its footer is longer than the file");
  claim(length <= longest, "its footer is longer than 16 MiB");
  const start = size - tailBytes - length;
  const footer = readAt(start, length + tailBytes);
  structEnd(footer.subarray(0, length), 0);
  return { metadata: parquetMetadata(footer, { geoparquet: false }), start };
}

/** A count or an offset of a footer as a number. @throws {Damage} where it is missing, negative or beyond `most` */
export function wholeNumber(value: bigint | number | undefined, most: number, what: string): number {
  const number = Number(value ?? -1);
  claim(Number.isSafeInteger(number) && number >= 0 && number <= most, `its ${what} is out of range`);
  return number;
}

function magic(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
