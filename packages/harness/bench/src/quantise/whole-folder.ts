import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Fills a folder with files that belong together, all or none: `write` puts them into a hidden folder in it, and each is moved from there
 * once all are written, `last` after the others and absent meanwhile.
 *
 * @throws what `write` throws, and the file system's error; the files that were there before stay as they are then
 */
export async function writeTogether<T>(
  folder: string,
  last: string,
  write: (directory: string) => Promise<T>,
): Promise<T> {
  const hidden = join(folder, `.petl-${randomBytes(8).toString("hex")}.tmp`);
  try {
    mkdirSync(hidden);
    const result = await write(hidden);
    rmSync(join(folder, last), { force: true });
    const names = readdirSync(hidden).filter((name) => name !== last);
    for (const name of [...names, last]) renameSync(join(hidden, name), join(folder, name));
    return result;
  } finally {
    rmSync(hidden, { recursive: true, force: true });
  }
}
