import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type DatasetOptions, resolveDataset } from "@petl/hub";
import { findSplits } from "@petl/tables";
import { TaskError } from "@petl/task";
import type { ParsedDefinition } from "./definition.js";

/** A task's files, absolute. */
interface Files {
  readonly train: readonly string[];
  readonly test?: readonly string[] | undefined;
}

interface Where {
  readonly directory: string;
  readonly hub?: DatasetOptions | undefined;
}

/**
 * The files of a definition's rows: as it names them, of the splits of a folder, or of a data set of the hub, which is downloaded.
 * @throws {TaskError} `E_TASK_SPLIT` where a split is missing; {TableError} for a folder whose names do not say their splits; HubError
 */
export async function filesOf(
  { data, name, test }: ParsedDefinition,
  { directory, hub }: Where,
): Promise<{ files: Files; notices: string[] }> {
  const absolute = (paths: string | readonly string[]): string[] =>
    [paths].flat().map((path) => resolve(directory, path));
  if (typeof data === "object" && !Array.isArray(data))
    return { files: { train: absolute(data.train), ...(data.test && { test: absolute(data.test) }) }, notices: [] };
  if (typeof data === "string" && data.startsWith("hf:")) {
    const { splits, repository, config, revision } = await resolveDataset(data, hub);
    const chosen = chosenSplits(splits, { name, test, where: data });
    chosen.notices.unshift(`${name}: the rows are those of ${repository}, ${config}, at commit ${revision}.`);
    return chosen;
  }
  const paths = absolute(data);
  const [only] = paths;
  if (paths.length > 1 || !existsSync(only!) || !statSync(only!).isDirectory())
    return { files: { train: paths }, notices: [] };
  return chosenSplits({ ...findSplits(only!) }, { name, test, where: only! });
}

/** Of a data set's splits, the one to train on and the one that is scored. */
function chosenSplits(
  splits: Readonly<Record<string, readonly string[] | undefined>>,
  { name, test, where }: Pick<ParsedDefinition, "name" | "test"> & { readonly where: string },
): { files: Files; notices: string[] } {
  const found = Object.keys(splits).filter((split) => splits[split] !== undefined);
  const missing = ["train", ...(test === undefined ? [] : [test])].find((split) => splits[split] === undefined);
  if (missing !== undefined)
    throw new TaskError("E_TASK_SPLIT", `${name} has no split "${missing}"`, {
      file: where,
      expected: "rows of that split",
      got: found.join(", ") || "none",
    });
  const scored = test ?? ["test", "validation"].find((split) => splits[split] !== undefined);
  const unused = found.filter((split) => split !== "train" && split !== scored);
  const notices =
    unused.length === 0
      ? []
      : [`${name}: not used: ${unused.join(", ")}. What chooses settings is held out of the training rows.`];
  return { files: { train: splits.train!, test: scored === undefined ? undefined : splits[scored] }, notices };
}
