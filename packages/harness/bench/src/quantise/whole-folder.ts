import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Fills a folder with files that belong together, all or none: `write` puts them into a hidden folder in it, and each is moved from there
 * once all are written, `last` after the others and absent meanwhile, as are the files named in `replaced`, which are removed.
 *
 * @throws what `write` throws, and the file system's error; the files that were there before stay as they are then
 */
export async function writeTogether<T>(
  folder: string,
  { last, replaced }: { readonly last: string; readonly replaced: readonly string[] },
  write: (directory: string) => Promise<T>,
): Promise<T> {
  const hidden = join(folder, `.petl-${randomBytes(8).toString("hex")}.tmp`);
  try {
    mkdirSync(hidden);
    const result = await write(hidden);
    for (const name of [last, ...replaced]) rmSync(join(folder, name), { force: true });
    const names = readdirSync(hidden).filter((name) => name !== last);
    for (const name of [...names, last]) renameSync(join(hidden, name), join(folder, name));
    return result;
  } finally {
    rmSync(hidden, { recursive: true, force: true });
  }
}
