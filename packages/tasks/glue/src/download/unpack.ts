import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { makeDirectory } from "@petl/files";
import { quote, TaskError } from "@petl/task";
import { unzipSync } from "fflate";
import type { GlueTask } from "../task.js";
import { zipMembers } from "./zip-directory.js";

/** Most bytes of a task's unpacked files; those of MNLI, the largest, take some 400 MB. */
const mostBytes = 2 ** 30;

/**
 * Writes a task's files out of its official archive into a folder, after comparing each with its checksum (CRC-32). The other contents,
 * such as MNLI's original JSON files, are not even inflated.
 *
 * The archive must hold the task's own folder: its name is not trusted, since some download scripts swap QQP and STS-B.
 *
 * @throws {TaskError} `E_TASK_ARCHIVE` where the archive is damaged, too large or holds another task.
 */
export async function unpack(task: GlueTask, archive: string, folder: string): Promise<void> {
  const wanted = new Set(
    Object.values(task.splits).flatMap((layout) => layout.files.map((name) => `${task.folder}/${name}`)),
  );
  const files = inflate(task, archive, await readFile(archive), wanted);
  makeDirectory(folder);
  for (const [name, bytes] of Object.entries(files))
    await writeFile(join(folder, name.slice(task.folder.length + 1)), bytes);
}

function inflate(task: GlueTask, archive: string, zip: Uint8Array, wanted: ReadonlySet<string>) {
  try {
    const members = zipMembers(zip);
    const own = new Map(members.filter(({ name }) => wanted.has(name)).map((member) => [member.name, member]));
    if (own.size === 0)
      throw otherTask(
        task,
        archive,
        members.map(({ name }) => name.split("/")[0]!),
      );
    const total = [...own.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > mostBytes) throw new Error(`its files take ${total} bytes, more than ${mostBytes}`);
    const files = unzipSync(zip, { filter: ({ name }) => own.has(name) });
    for (const [name, member] of own) {
      const bytes = files[name];
      if (bytes === undefined || bytes.byteLength !== member.bytes || crc32(bytes) !== member.crc32)
        throw new Error(`${quote(name)} does not match its checksum`);
    }
    return files;
  } catch (cause) {
    if (cause instanceof TaskError) throw cause;
    throw new TaskError("E_TASK_ARCHIVE", `${task.title}'s archive is damaged (${(cause as Error).message})`, {
      file: archive,
      remedy: "the download is deleted; run again to download it from the start",
      cause,
    });
  }
}

function otherTask(task: GlueTask, archive: string, folders: readonly string[]): TaskError {
  return new TaskError("E_TASK_ARCHIVE", `the archive is not ${task.title}'s`, {
    file: archive,
    expected: `a folder "${task.folder}" with ${task.splits.train?.files[0]}`,
    got: [...new Set(folders)].slice(0, 5).map(quote).join(" ") || "an empty archive",
    remedy: "check the address; some mirrors swap the archives of QQP and STS-B",
  });
}
