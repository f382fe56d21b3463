import { findTask, loadTask } from "@petl/glue";
import { defaultSettings, type EvaluationResult, evaluate, prepareTask, type TrainSettings } from "@petl/trainer";
import { type OpenSavedOptions, withSavedModel } from "./open-saved.js";
import { readSavedModel, type SavedModel } from "./saved-model.js";

export interface EvaluateOptions extends OpenSavedOptions {
  /** In GLUE's layout; default: the data it was trained with. */
  readonly data?: string | undefined;
  /** Examples of each split at most; default: as many as in training. */
  readonly evalLimit?: number | undefined;
}

/** The model that was evaluated and how it did. */
export interface SavedEvaluation {
  readonly saved: SavedModel;
  readonly method: string;
  readonly result: EvaluationResult;
}

/** Scores a saved model on its task. @throws what `withSavedModel` and loading the data throw */
export async function evaluateSaved(directory: string, options: EvaluateOptions): Promise<SavedEvaluation> {
  const { directory: trainedWith, task: taskName, evalLimit } = readSavedModel(directory);
  const task = await loadTask(options.data ?? trainedWith, findTask(taskName), {
    evalLimit: options.evalLimit ?? evalLimit ?? undefined,
  });
  return withSavedModel(directory, options, async ({ saved, method, model, backbone: { tokenizer } }) => {
    const settings = { ...defaultSettings, ...saved.settings } as TrainSettings;
    const result = await evaluate(model, prepareTask(task, tokenizer, saved.textFormat, settings), settings);
    return { saved, method: method.name, result };
  });
}
