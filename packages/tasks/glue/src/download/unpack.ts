import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "@petl/files";
import { unzipSync } from "fflate";
import { GlueError } from "../errors.js";
import type { Task } from "../task.js";

/**
 * Writes a task's files out of its official archive into a folder. The other contents, such as MNLI's original JSON
 * files, are not even inflated.
 *
 * The archive must hold the task's own folder: its name is not trusted, since some download scripts swap QQP and STS-B.
 *
 * @throws {GlueError} `E_GLUE_ARCHIVE` where the archive is damaged or holds another task.
 */
export async function unpack(task: Task, archive: string, folder: string): Promise<void> {
  const wanted = new Set(
    Object.values(task.splits).flatMap((layout) => layout.files.map((name) => `${task.folder}/${name}`)),
  );
  const seen = new Set<string>();
  const files = inflate(task, archive, await readFile(archive), (name) => {
    seen.add(name.split("/")[0]!);
    return wanted.has(name);
  });
  if (Object.keys(files).length === 0) {
    throw new GlueError("E_GLUE_ARCHIVE", `the archive is not ${task.title}'s`, {
      file: archive,
      expected: `a folder "${task.folder}" with ${task.splits.train?.files[0]}`,
      got:
        [...seen]
          .slice(0, 5)
          .map((name) => `"${name}"`)
          .join(" ") || "an empty archive",
      remedy: "check the address; some mirrors swap the archives of QQP and STS-B",
    });
  }
  makeDirectory(folder);
  for (const [name, bytes] of Object.entries(files))
    await writeFile(join(folder, name.slice(task.folder.length + 1)), bytes);
}

function inflate(task: Task, archive: string, bytes: Uint8Array, filter: (name: string) => boolean) {
  try {
    return unzipSync(bytes, { filter: ({ name }) => filter(name) });
  } catch (cause) {
    const remedy = "the download is deleted; run again to download it from the start";
    throw new GlueError("E_GLUE_ARCHIVE", `${task.title}'s archive is damaged`, { file: archive, remedy, cause });
  }
}
