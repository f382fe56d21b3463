/** What a zip says of one of its files. */
export interface ZipMember {
  readonly name: string;
  readonly crc32: number;
  readonly bytes: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;

/**
 * The central directory of a zip, which fflate reads without its checksums (APPNOTE.TXT, sections 4.3.12 and 4.3.16).
 *
 * @throws Error where there is none, or only a part of one
 */
export function zipMembers(zip: Uint8Array): ZipMember[] {
  const view = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = endOf(view);
  const count = view.readUInt16LE(end + 10);
  const members: ZipMember[] = [];
  let at = view.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (at + entryBytes > end || view.readUInt32LE(at) !== entrySignature) throw new Error("no entry in its directory");
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const name = view.toString("utf8", at + entryBytes, at + entryBytes + nameBytes);
    members.push({ name, crc32: view.readUInt32LE(at + 16), bytes: view.readUInt32LE(at + 24) });
    at += entryBytes + nameBytes + extraBytes + commentBytes;
  }
  return members;
}

/** The place of the record that ends a zip; only a comment may follow it. */
function endOf(view: Buffer): number {
  const first = Math.max(0, view.length - endBytes - 0xffff);
  for (let at = view.length - endBytes; at >= first; at--) if (view.readUInt32LE(at) === endSignature) return at;
  throw new Error("no end of its directory");
}
