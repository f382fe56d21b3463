import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LoadedBackbone, loadBackbone } from "@petl/backbone";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { TunedModel } from "@petl/trainer";
import { BenchError } from "../errors.js";
import { loadDevice } from "../resolve/device.js";
import { loadMethod } from "../resolve/method.js";
import type { Places } from "../resolve/packages.js";
import { readSavedModel, restoreTensors, type SavedModel } from "./saved-model.js";

export interface OpenSavedOptions {
  readonly places: Places;
  readonly device: string;
}

/** A saved model as it was at the end of its training, on an open device. */
export interface OpenedModel {
  readonly saved: SavedModel;
  readonly method: PetlMethod;
  /** As the method's `parse` returned it. */
  readonly config: unknown;
  readonly backbone: LoadedBackbone;
  readonly model: TunedModel;
}

/**
 * Loads a model that a run saved, backbone included, and hands it to `use`; the device is open as long as that runs.
 *
 * @throws BenchError E_MODEL_INVALID where it does not fit its method or backbone any more, and what loading its parts throws
 */
export async function withSavedModel<Result>(
  directory: string,
  options: OpenSavedOptions,
  use: (opened: OpenedModel) => Promise<Result>,
): Promise<Result> {
  const saved = readSavedModel(directory);
  const { provider } = await loadDevice(options.device, options.places);
  const isThere = existsSync(fileURLToPath(saved.method.url));
  const { method } = await loadMethod(isThere ? saved.method.url : saved.method.packageName, options.places);
  const config = method.parse(saved.method.config);
  const device = await provider.open({});
  try {
    const backbone = await loadBackbone(saved.backbone.reference, saved.backbone);
    if (backbone.source.sha256 !== saved.backbone.sha256)
      throw new BenchError(
        "E_MODEL_INVALID",
        `${directory}: expected backbone ${saved.backbone.reference} with sha256 ${saved.backbone.sha256}, got ${backbone.source.sha256}; it was tuned on other weights`,
      );
    const model = TunedModel.attach(backbone.model, method, config, seededRandom(saved.backbone.seed));
    restoreTensors(directory, model);
    return await use({ saved, method, config, backbone, model });
  } finally {
    await device.close();
  }
}
