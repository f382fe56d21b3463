import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadBackbone } from "@petl/backbone";
import { findTask, loadTask } from "@petl/glue";
import { seededRandom } from "@petl/tensor";
import {
  defaultSettings,
  type EvaluationResult,
  evaluate,
  prepareTask,
  type TrainSettings,
  TunedModel,
} from "@petl/trainer";
import { BenchError } from "../errors.js";
import { loadDevice } from "../resolve/device.js";
import { loadMethod } from "../resolve/method.js";
import type { Places } from "../resolve/packages.js";
import { readSavedModel, restoreTensors, type SavedModel } from "./saved-model.js";

export interface EvaluateOptions {
  readonly places: Places;
  readonly device: string;
  /** As a suite's `gpu`. */
  readonly gpu?: number | "software" | undefined;
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

/**
 * Loads a model that a run saved, backbone included, and scores it on its task.
 *
 * @throws BenchError E_MODEL_INVALID where it does not fit its method or backbone any more, and what loading its parts throws
 */
export async function evaluateSaved(directory: string, options: EvaluateOptions): Promise<SavedEvaluation> {
  const saved = readSavedModel(directory);
  const gpu = options.gpu === undefined ? {} : { gpu: options.gpu };
  const { provider } = await loadDevice(options.device, options.places, gpu);
  const isThere = existsSync(fileURLToPath(saved.method.url));
  const { method } = await loadMethod(isThere ? saved.method.url : saved.method.packageName, options.places);
  const config = method.parse(saved.method.config);
  const settings = { ...defaultSettings, ...saved.settings } as TrainSettings;
  const task = await loadTask(options.data ?? saved.directory, findTask(saved.task), {
    evalLimit: options.evalLimit ?? saved.evalLimit ?? undefined,
  });
  const device = await provider.open(gpu);
  try {
    const { model: backbone, tokenizer, source } = await loadBackbone(saved.backbone.reference, saved.backbone);
    if (source.sha256 !== saved.backbone.sha256)
      throw new BenchError(
        "E_MODEL_INVALID",
        `${directory}: expected backbone ${saved.backbone.reference} with sha256 ${saved.backbone.sha256}, got ${source.sha256}; it was tuned on other weights`,
      );
    const model = TunedModel.attach(backbone, method, config, seededRandom(saved.backbone.seed));
    restoreTensors(directory, model);
    const result = await evaluate(model, prepareTask(task, tokenizer, saved.textFormat, settings), settings);
    return { saved, method: method.name, result };
  } finally {
    await device.close();
  }
}
