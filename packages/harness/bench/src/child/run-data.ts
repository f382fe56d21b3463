import { basename, relative } from "node:path";
import { isSameOrBelow } from "@petl/files";
import type { RunIdentity, RunRecord } from "@petl/results";
import { type HoldOut, type LoadedTask, loadEvaluations, type Split } from "@petl/task";
import { seededRandom } from "@petl/tensor";
import { taskReader } from "../resolve/task-reader.js";
import { compareData } from "./compare-identity.js";
import type { ChildEvent, RunRequest } from "./protocol.js";

type DataPart = NonNullable<RunRecord["data"]>;

/** How a run holds out training examples, another draw for each seed; undefined where it is evaluated on dev. */
export function heldOut({ settings, options }: Pick<RunRequest, "settings" | "options">): HoldOut | undefined {
  if (options.protocol === "dev") return undefined;
  const random = seededRandom(settings.seed).fork("validation");
  return { examples: options.validation, permutation: (count) => [...random.permutation(count)] };
}

/** The planned files that a run reads before it trains: those that it is scored on only where no training examples are held out. */
export function readAtFirst({ identity, options }: Pick<RunRequest, "identity" | "options">): RunIdentity["data"] {
  return options.protocol === "dev" ? identity.data : identity.data.filter(({ name }) => name === "train");
}

/** Reads the examples that a run is scored on at its end, checks them and says what they are. */
export function testLoader(
  { directory, identity, options }: Pick<RunRequest, "directory" | "identity" | "options">,
  loaded: LoadedTask,
  emit: (event: ChildEvent) => void,
): () => Promise<readonly Split[]> {
  return async () => {
    const { evaluations, notices } = await loadEvaluations(await taskReader(loaded.task, directory), {
      evalLimit: options.evalLimit ?? undefined,
    });
    compareData(
      identity.data.filter(({ name }) => name !== "train"),
      evaluations,
    );
    emit({ type: "data", data: dataPart(directory, loaded, { evaluations, notices }) });
    return evaluations;
  };
}

/** What a record says of a run's data; `test` is what was read at its end. */
export function dataPart(
  directory: string,
  { source, train, evaluations, notices }: LoadedTask,
  test: Pick<LoadedTask, "evaluations" | "notices"> | null = null,
): DataPart {
  const splits = [train, ...evaluations, ...(test?.evaluations ?? [])].filter(({ name }) => name !== "validation");
  return {
    source,
    directory,
    files: splits.map(({ file, dropped }) => ({
      name: isSameOrBelow(file.path, directory) ? relative(directory, file.path) : basename(file.path),
      rows: file.rows,
      officialRows: file.officialRows,
      droppedRows: dropped,
      sha256: file.sha256,
    })),
    trainExamples: train.examples.length,
    evalExamples: examplesOf(evaluations),
    testExamples: test && examplesOf(test.evaluations),
    notices: [...new Set([...notices, ...(test?.notices ?? [])])],
  };
}

/** The labels of a split that has them. */
export const labelsOf = ({ examples }: Split): number[] => examples.map(({ label }) => label!);

const examplesOf = (splits: readonly Split[]): number => splits.reduce((sum, { examples }) => sum + examples.length, 0);
