import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BackboneSource, T5 } from "@petl/backbone";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { defaultSettings, type TrainSettings, TunedModel } from "@petl/trainer";
import { BenchError } from "../errors.js";
import { type FoundMethod, loadMethod } from "../resolve/method.js";
import type { Places } from "../resolve/packages.js";
import { restoreTensors, type SavedModel } from "./saved-model.js";

/** The method of a saved model: where it was found then, else its package. */
export async function loadSavedMethod({ method }: SavedModel, places: Places): Promise<FoundMethod> {
  return loadMethod(existsSync(fileURLToPath(method.url)) ? method.url : method.packageName, places);
}

/** The settings it was trained with; those that are younger than it have their defaults. */
export function savedSettings({ settings }: SavedModel): TrainSettings {
  return { ...defaultSettings, ...settings } as TrainSettings;
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
