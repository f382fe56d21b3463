import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readText } from "@petl/files";
import { checkPredictions, type SubmissionFile } from "@petl/glue";
import type { RunRecord } from "@petl/results";
import { defaultsOf, runOptions } from "@petl/settings";
import { BenchError } from "../errors.js";
import type { Places } from "../resolve/places.js";
import { runChild } from "../run/child-process.js";
import { findSavedParts, savedData, savedSettings } from "../saved/open-saved-model.js";
import { aboutFile, modelDirectory, readSavedModel } from "../saved/saved-model.js";
import type { SubmittedFile } from "./assign-runs.js";
import { mostPredictionBytes } from "./write-submission.js";

export interface PredictOptions {
  readonly places: Places;
  readonly device: string;
  /** In GLUE's layout; default: the data each model was trained with. */
  readonly data: string | undefined;
  readonly signal: AbortSignal;
  /** Progress in one submission file. */
  readonly onProgress: (progress: { readonly name: string; readonly done: number; readonly total: number }) => void;
}

type Todo = readonly { readonly name: string; readonly path: string }[];

/**
 * Predicts the files of a submission with the saved models of their runs, one child process per run. A complete file that is
 * newer than its model is not predicted again.
 *
 * @throws BenchError E_SUBMISSION for a run without a model, a failed prediction or an aborted one
 */
export async function predictRuns(
  out: string,
  files: readonly SubmittedFile[],
  options: PredictOptions,
): Promise<void> {
  const todo = new Map<RunRecord, { name: string; path: string }[]>();
  for (const { file, from } of files) {
    if (from === null || isFresh(file, from.path, modelDirectory(out, from.record.id))) continue;
    todo.set(from.record, [...(todo.get(from.record) ?? []), { name: file.name, path: from.path }]);
  }
  for (const { id } of todo.keys()) checkModel(out, id);
  for (const [record, list] of todo) await predictOne(out, record, list, options);
}

function checkModel(out: string, id: string): void {
  if (existsSync(modelDirectory(out, id))) return;
  throw new BenchError(
    "E_SUBMISSION",
    `run ${id} kept no model to predict with; run the same bench glue again with --save --out ${out}`,
  );
}

/** Exists, is newer than its model and passes the server's checks, which a prediction of part of the data does not. */
function isFresh(file: SubmissionFile, path: string, model: string): boolean {
  const about = join(model, aboutFile);
  if (!existsSync(path) || (existsSync(about) && statSync(path).mtimeMs < statSync(about).mtimeMs)) return false;
  try {
    checkPredictions(file, readText(path, mostPredictionBytes));
    return true;
  } catch {
    return false; // predicted again; writeSubmission reports what is still wrong
  }
}

async function predictOne(
  out: string,
  record: RunRecord,
  files: Todo,
  { places, device, data, signal, onProgress }: PredictOptions,
): Promise<void> {
  const model = modelDirectory(out, record.id);
  const saved = readSavedModel(model);
  const parts = await findSavedParts(model, saved, { places, device });
  const ending = await runChild(
    {
      kind: "predict",
      method: { url: parts.method.url, packageName: parts.method.packageName, config: saved.method.config },
      model,
      directory: savedData(saved, data),
      files,
      deviceUrl: parts.device.url,
      backbone: parts.backbone.reference,
      family: parts.backbone.family.url,
      commit: null,
      settings: savedSettings(saved),
      options: { ...defaultsOf(runOptions), textFormat: saved.textFormat },
    },
    { signal, onSpawn: () => {}, onEvent: (event) => event.type === "predicting" && onProgress(event) },
  );
  if (ending.completed) return;
  const why = ending.cancelled ? "it was stopped; run the command again to continue" : ending.error!.message;
  throw new BenchError("E_SUBMISSION", `predicting ${record.run.task} failed: ${why}`);
}
