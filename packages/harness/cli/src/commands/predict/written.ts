import { once } from "node:events";
import type { Writable } from "node:stream";

/** Writes a text once the reader has room for it; false where nobody reads any more, such as behind `head`. */
export async function written(stream: Writable, text: string): Promise<boolean> {
  if (stream.destroyed) return false;
  if (!stream.write(text)) await Promise.race([once(stream, "drain"), once(stream, "close")]).catch(() => {});
  return !stream.destroyed;
}
