import { type FolderKind, type FolderOwner, folderOwner, isSameOrBelow } from "@petl/files";
import { BenchError } from "../errors.js";

/** What a bench that was killed at its start leaves in a folder. */
const passing = /^\.lock(\.\w+)?$|^\.petl-[0-9a-f]{16}\.tmp$/;

/** The command that makes folders of a kind. */
export const madeBy: Readonly<Record<FolderKind, string>> = {
  "bench output": "bench glue",
  "bench export": "bench export",
  "bench checkpoint": "bench quantise",
  "bench measurement": "bench measure",
};

/** Something that a command reads, by what it is called and where it is. */
export interface Input {
  readonly what: string;
  readonly path: string;
}

/** Refuses a folder that holds files but no mark of ours. @throws BenchError E_OUT_FOREIGN, E_OUT_UNWRITABLE */
export function refuseForeign(folder: string, kind: FolderKind = "bench output"): void {
  const found = ownerOf(folder, kind);
  if (found.owner === "nobody" || found.owner === "ours") return;
  const got = found.owner === "newer" ? `one of a newer petl-bench (mark version ${found.version})` : found.found;
  const remedy = found.owner === "newer" ? "update petl-bench or choose" : "choose";
  throw new BenchError(
    "E_OUT_FOREIGN",
    `output directory ${folder}: expected an empty folder or one that ${madeBy[kind]} made, got ${got}; ${remedy} another --out`,
  );
}

function ownerOf(folder: string, kind: FolderKind): FolderOwner {
  try {
    return folderOwner(folder, kind, passing);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** The error for an output directory that the file system refuses. */
export function unwritable(out: string, cause: unknown): BenchError {
  return new BenchError(
    "E_OUT_UNWRITABLE",
    `output directory ${out}: expected one that can be written, got ${(cause as Error).message}; free some space, change its permissions or pass another --out`,
    { cause },
  );
}

/** Refuses to write to a folder that is or holds something that is read. @throws BenchError E_OUT_INPUT */
export function refuseInputs(folder: string, inputs: readonly Input[]): void {
  const input = inputs.find(({ path }) => isSameOrBelow(path, folder));
  if (input === undefined) return;
  throw new BenchError(
    "E_OUT_INPUT",
    `output directory ${folder}: expected a folder without inputs, got one that is or holds ${input.what} ${input.path}; choose another --out`,
  );
}
