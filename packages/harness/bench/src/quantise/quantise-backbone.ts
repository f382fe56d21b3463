import { basename, join, resolve } from "node:path";
import {
  isGgufDtype,
  type QuantisedDtype,
  type QuantisedWeights,
  type QuantiseOptions,
  quantiseWeights,
  refuseDtype,
} from "@petl/backbone";
import { CONFIG_FILE, copyTokenizer, tokenizerFiles } from "@petl/checkpoint";
import { readText, writeWhole } from "@petl/files";
import { claimFiles } from "../ownership/claim-files.js";
import { refuseForeign } from "../ownership/folders.js";
import { findBackbone } from "../resolve/backbone.js";
import { geometryOf, mostConfigBytes } from "../resolve/family.js";
import type { Places } from "../resolve/places.js";
import { type CheckpointDownload, checkpointDirectory } from "./find-checkpoint.js";
import { quantisedConfig } from "./quantised-config.js";
import { writeTogether } from "./whole-folder.js";

const weightFiles = ["model.safetensors", "model.gguf"] as const;

export interface QuantiseBackboneOptions extends Pick<QuantiseOptions, "onProgress" | "signal"> {
  /** Where a relative path in the name starts. */
  readonly directory: string;
  readonly places: Places;
  readonly dtype: QuantisedDtype;
  /** Directory to write to; made if it is not there. */
  readonly to: string;
  readonly onDownload?: CheckpointDownload["onProgress"];
  readonly onWait?: CheckpointDownload["onWait"];
}

/**
 * Writes a backbone's checkpoint in fewer bits as a checkpoint's directory: weights in `model.safetensors` or `model.gguf`, `config.json`
 * and the tokenizer's files, all or none.
 *
 * @param name as `--backbone` takes it
 * @throws BenchError E_OUT_FOREIGN, E_OUT_INPUT where `to` is not for a checkpoint, E_BACKBONE_UNKNOWN, E_BACKBONE_FAMILY;
 *   BackboneError, CheckpointError for weights or a tokenizer that cannot be read or stored so
 */
export async function quantiseBackbone(
  name: string,
  { directory, places, dtype, to, onDownload, onWait, ...options }: QuantiseBackboneOptions,
): Promise<QuantisedWeights> {
  refuseForeign(to, "bench checkpoint"); // before anything is downloaded
  const download = {
    ...(onDownload && { onProgress: onDownload }),
    ...(onWait && { onWait }),
    ...(options.signal && { signal: options.signal }),
  };
  const found = await findBackbone(name, directory, places, download);
  refuseDtype(found.family.definition, dtype); // before weights are downloaded
  const from = await checkpointDirectory(name, found, download);
  const configFile = join(from, CONFIG_FILE);
  const config = geometryOf(configFile, found.family);
  const weightFile = weightFiles[isGgufDtype(dtype) ? 1 : 0];
  const replaced = weightFiles.filter((name) => name !== weightFile);
  claimFiles(to, {
    kind: "bench checkpoint",
    files: [CONFIG_FILE, weightFile, ...tokenizerFiles(from)],
    replaced,
    about: { backbone: name, dtype },
    inputs: [{ what: "the backbone", path: from }],
  });
  return writeTogether(to, { last: CONFIG_FILE, replaced }, async (folder) => {
    const { definition } = found.family;
    const written = await quantiseWeights(from, join(folder, weightFile), definition, config, {
      ...{ dtype, name: modelName(name, directory) },
      ...options,
    });
    copyTokenizer(from, folder);
    const original = readText(configFile, mostConfigBytes);
    await writeWhole(join(folder, CONFIG_FILE), quantisedConfig(original, dtype, written.skippedModules));
    return written;
  });
}

/** `hf:ORG/Model` and `models/Model` -> `Model`. */
const modelName = (name: string, directory: string): string =>
  basename(resolve(directory, name.replace(/^(hf|file):/, "")));
