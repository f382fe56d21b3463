import { existsSync } from "node:fs";
import type { BackboneSource, T5 } from "@petl/backbone";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { type TrainSettings, TunedModel } from "@petl/trainer";
import { BenchError } from "../errors.js";
import { checkDataDirectory } from "../resolve/data.js";
import { type FoundMethod, loadMethod } from "../resolve/method.js";
import type { Places } from "../resolve/packages.js";
import { restoreTensors, type SavedModel } from "./saved-model.js";

/** The method of a saved model: where it was found then, else its package. */
export async function loadSavedMethod({ method }: SavedModel, places: Places): Promise<FoundMethod> {
  return loadMethod(existsSync(method.module) ? method.module : method.packageName, places);
}

/** The settings it was trained with. */
export function savedSettings({ settings }: SavedModel): TrainSettings {
  return settings;
}

/** The data to use a saved model on: those given, else those it was trained with. @throws BenchError E_DATA_INVALID */
export function savedData({ directory }: SavedModel, given: string | undefined): string {
  const data = given ?? directory;
  checkDataDirectory(data);
  if (given !== undefined || existsSync(data)) return data;
  throw new BenchError(
    "E_DATA_INVALID",
    `data ${data}: expected the data the model was trained with, got no such directory; pass --data DIR`,
  );
}

/**
 * A saved model on its backbone, which must be the one it was tuned on; a device must be open.
 * @throws BenchError E_MODEL_INVALID
 */
export function openSavedModel(
  directory: string,
  saved: SavedModel,
  method: PetlMethod,
  { backbone, source }: { readonly backbone: T5; readonly source: BackboneSource },
): TunedModel {
  if (source.sha256 !== saved.backbone.sha256)
    throw new BenchError(
      "E_MODEL_INVALID",
      `${directory}: expected backbone ${saved.backbone.reference} with sha256 ${saved.backbone.sha256}, got ${source.sha256}; it was tuned on other weights`,
    );
  const config = method.parse(saved.method.config);
  const model = TunedModel.attach(backbone, method, config, seededRandom(saved.backbone.seed));
  restoreTensors(directory, model);
  return model;
}
