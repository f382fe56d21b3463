import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type LoadedBackbone, loadBackbone } from "@petl/backbone";
import type { RunOptions } from "@petl/settings";
import type { PetlMethod } from "@petl/spec";
import { type Device, type DeviceOptions, seededRandom } from "@petl/tensor";
import { type TrainSettings, TunedModel } from "@petl/trainer";
import { BenchError } from "../errors.js";
import { answeringModel } from "../resolve/answering.js";
import { type FoundBackbone, findBackbone } from "../resolve/backbone.js";
import { parseConfig } from "../resolve/call-method.js";
import { checkDataDirectory } from "../resolve/data.js";
import { type FoundDevice, loadDevice } from "../resolve/device.js";
import { loadForMethod } from "../resolve/load-for-method.js";
import { type FoundMethod, loadMethod } from "../resolve/method.js";
import { findModule, isPath } from "../resolve/packages.js";
import { namedIn, type Places } from "../resolve/places.js";
import { aboutFile, restoreTensors, type SavedModel, savedTask } from "./saved-model.js";

/** Where the code of a saved model may come from, and what it computes on. */
export interface SavedModelOptions {
  readonly places: Places;
  readonly device: string;
  /** As a suite's `gpu`. */
  readonly gpu?: RunOptions["gpu"] | undefined;
}

/** What a saved model is made of, found but not loaded. */
interface SavedParts {
  readonly device: FoundDevice;
  readonly deviceOptions: DeviceOptions;
  readonly method: FoundMethod;
  readonly backbone: FoundBackbone;
}

/** Finds the device to use a saved model on, its method and its backbone. @throws BenchError, what finding each of them throws */
export async function findSavedParts(
  directory: string,
  saved: SavedModel,
  { places, device, gpu }: SavedModelOptions,
): Promise<SavedParts> {
  const deviceOptions = gpu == null ? {} : { gpu };
  return {
    deviceOptions,
    device: await loadDevice(device, places, deviceOptions),
    method: await loadSavedMethod(saved, directory, places),
    backbone: await findBackbone(saved.backbone.reference, directory, namedInModel(places, directory)),
  };
}

/** Opens the device and loads a saved model on it, backbone included; the caller closes the device. @throws as `openSavedModel` and loading do */
export async function openSavedParts(
  directory: string,
  saved: SavedModel,
  parts: SavedParts,
): Promise<{ readonly device: Device; readonly backbone: LoadedBackbone; readonly model: TunedModel }> {
  const { reference, family } = parts.backbone;
  const device = await parts.device.provider.open(parts.deviceOptions);
  try {
    const backbone = await loadForMethod(
      savedSettings(saved).backboneDtype,
      (storage) => loadBackbone(reference, family.definition, { ...saved.backbone, storage }),
      (loaded) => attachSaved(directory, saved, parts.method.definition, loaded),
    );
    return { device, backbone, model: openSavedModel(directory, saved, parts.method.definition, backbone) };
  } catch (error) {
    await device.close();
    throw error;
  }
}

/** The places to find what a saved model names: its file is data. */
const namedInModel = (places: Places, directory: string): Places => namedIn(places, join(directory, aboutFile));

/**
 * The method of a saved model: its package by name where that is the module it was trained with, or where that module is gone.
 * Another module is a path that the model's file names. @throws BenchError E_CODE_UNTRUSTED, and what `loadMethod` throws
 */
async function loadSavedMethod(
  { method: { module, packageName } }: SavedModel,
  directory: string,
  places: Places,
): Promise<FoundMethod> {
  const isPackage = !isPath(packageName) && findModule(packageName, places)?.url === urlOf(module);
  return loadMethod(isPackage || !existsSync(module) ? packageName : module, namedInModel(places, directory));
}

/** The URL by which a file is imported; undefined where there is no such file. */
function urlOf(path: string): string | undefined {
  return existsSync(path) ? pathToFileURL(realpathSync(path)).href : undefined;
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
  backbone: Pick<LoadedBackbone, "model" | "source">,
): TunedModel {
  const model = attachSaved(directory, saved, method, backbone);
  restoreTensors(directory, model);
  return model;
}

function attachSaved(
  directory: string,
  saved: SavedModel,
  method: PetlMethod,
  { model: backbone, source }: Pick<LoadedBackbone, "model" | "source">,
): TunedModel {
  if (source.sha256 !== saved.backbone.sha256)
    throw new BenchError(
      "E_MODEL_INVALID",
      `${directory}: expected backbone ${saved.backbone.reference} with sha256 ${saved.backbone.sha256}, got ${source.sha256}; it was tuned on other weights`,
    );
  const config = parseConfig(method, saved.method.config);
  const answering = answeringModel(backbone, savedTask(saved), savedSettings(saved));
  return TunedModel.attach(answering, method, config, seededRandom(saved.backbone.seed));
}
