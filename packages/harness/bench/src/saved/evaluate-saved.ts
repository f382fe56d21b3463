import type { RunOptions } from "@petl/settings";
import { loadTask } from "@petl/task";
import { type EvaluationResult, evaluate, prepareTask } from "@petl/trainer";
import { encodingOf } from "../resolve/answering.js";
import { taskReader } from "../resolve/task-reader.js";
import {
  findSavedParts,
  openSavedParts,
  type SavedModelOptions,
  savedData,
  savedSettings,
} from "./open-saved-model.js";
import { readSavedModel, type SavedModel, savedTask } from "./saved-model.js";

export interface EvaluateOptions extends SavedModelOptions {
  /** In GLUE's layout; default: the data it was trained with. */
  readonly data?: string | undefined;
  /** Examples of each split at most; null: all; default: as many as in training. */
  readonly evalLimit?: RunOptions["evalLimit"] | undefined;
}

/** The model that was evaluated and how it did. */
export interface SavedEvaluation {
  readonly saved: SavedModel;
  readonly method: string;
  readonly result: EvaluationResult;
}

/**
 * Loads a model that a run saved, backbone included, and scores it on its task.
 *
 * @throws BenchError E_MODEL_INVALID where it does not fit its method or backbone any more, and what loading its parts throws
 */
export async function evaluateSaved(directory: string, options: EvaluateOptions): Promise<SavedEvaluation> {
  const saved = readSavedModel(directory);
  const parts = await findSavedParts(directory, saved, options);
  const settings = savedSettings(saved);
  const { evalLimit = saved.evalLimit } = options;
  const task = await loadTask(await taskReader(savedTask(saved), savedData(saved, options.data)), {
    evalLimit: evalLimit ?? undefined,
  });
  const { device, backbone, model } = await openSavedParts(directory, saved, parts);
  try {
    const data = prepareTask(task, encodingOf(backbone, settings, saved.textFormat));
    const { result } = await evaluate(model, data, settings);
    return { saved, method: parts.method.name, result };
  } finally {
    await device.close();
  }
}
