import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeDirectory } from "@petl/files";
import { generateTask, type SampleOptions, sampleTasks } from "./generate.js";
import { layouts } from "./layout.js";

/** The notice that every report on these data must show. */
export const sampleNotice = "built-in sample, not GLUE";

/** Increases with every change of the grammar that changes a sentence. */
const grammarVersion = 1;

/** The file `dataset.json` at the top of the directory; it marks the data as not GLUE. */
export interface SampleManifest {
  readonly source: "sample";
  readonly notice: string;
  readonly grammarVersion: number;
  readonly seed: number;
  readonly trainRows: number;
  readonly devRows: number;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** The folder name for the sample of these options; other options give another name. */
export function sampleFolder({ seed = 0, trainRows = 2000, devRows = 400 }: SampleOptions = {}): string {
  return `v${grammarVersion}-seed${seed}-train${trainRows}-dev${devRows}`;
}

/** The files of all tasks by path in GLUE's layout; the same options give the same bytes. @throws RangeError */
function sampleFiles(options: SampleOptions = {}): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const task of Object.keys(sampleTasks)) {
    const layout = layouts[task]!;
    for (const [split, rows] of generateTask(task, options)) {
      const header = layout.header(split);
      const table = [
        ...(header === null ? [] : [header]),
        ...rows.map((row, index) => layout.columns(row, index, split)),
      ];
      files.set(`${layout.folder}/${layout.files[split]}`, table.map((fields) => `${fields.join("\t")}\n`).join(""));
    }
  }
  return files;
}

/**
 * Writes the sample into a directory in GLUE's official layout, with a `dataset.json` that describes it.
 *
 * The directory appears in one step, complete. If it already holds this sample, it is checked and kept. A damaged or different
 * sample is replaced; anything else is refused.
 *
 * @throws RangeError as `generateTask`; Error if the directory holds something else or cannot be written
 */
export async function writeSample(directory: string, options: SampleOptions = {}): Promise<SampleManifest> {
  const { seed = 0, trainRows = 2000, devRows = 400 } = options;
  const files = sampleFiles(options);
  const hashes = Object.fromEntries([...files].map(([path, text]) => [path, sha256(text)]));
  const about = { source: "sample", notice: sampleNotice, grammarVersion, seed, trainRows, devRows } as const;
  const manifest: SampleManifest = { ...about, files: hashes };
  if (await holds(directory, manifest)) return manifest;
  await refuseOther(directory);
  const staging = `${directory}.${process.pid}`;
  try {
    for (const [path, text] of [...files, ["dataset.json", manifestText(manifest)] as const]) {
      makeDirectory(dirname(join(staging, path)));
      await writeFile(join(staging, path), text);
    }
    await rm(directory, { recursive: true, force: true });
    await rename(staging, directory).catch(async (error: unknown) => {
      if (!(await holds(directory, manifest))) throw error; // otherwise another process was faster
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return manifest;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const manifestText = (manifest: SampleManifest): string => `${JSON.stringify(manifest, null, 2)}\n`;

async function holds(directory: string, manifest: SampleManifest): Promise<boolean> {
  const read = (path: string) => readFile(join(directory, path), "utf8").catch(() => "");
  if ((await read("dataset.json")) !== manifestText(manifest)) return false;
  for (const [path, hash] of Object.entries(manifest.files)) if (sha256(await read(path)) !== hash) return false;
  return true;
}

/** Replaces only our own samples. */
async function refuseOther(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const manifest = await readFile(join(directory, "dataset.json"), "utf8").catch(() => "");
  if (manifest.includes(sampleNotice)) return;
  throw new Error(
    `glue-sample: ${directory}: expected no such directory, or a sample, got something else; give another`,
  );
}
