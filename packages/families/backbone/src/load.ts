import { existsSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CheckpointFile,
  checkpointDigests,
  type DownloadProgress,
  loadTokenizer,
  readConfig,
  resolveCheckpoint,
  type Tokenizer,
} from "@petl/checkpoint";
import { seededRandom } from "@petl/tensor";
import { BackboneError } from "./backbone-error.js";
import { importBackbonePackage } from "./backbone-package.js";
import { checkFinite, checkIds } from "./check-checkpoint.js";
import { geometries, huggingFaceConfig } from "./config.js";
import { initialise } from "./initialise.js";
import { T5 } from "./t5.js";
import { loadWeights } from "./weights.js";

/** Where a backbone's weights came from. */
export interface BackboneSource {
  readonly name: string;
  readonly kind: "random" | "package" | "directory" | "hub";
  /** Of the weight file; of several, of their digests in order; null where weights are random. */
  readonly sha256: string | null;
  /** Commit on the hub, if any. */
  readonly revision: string | null;
}

export interface LoadedBackbone {
  readonly model: T5;
  readonly tokenizer: Tokenizer;
  /** Where the files lie that it was made of, the tokenizer's among them. */
  readonly directory: string;
  /** The files it was made of and their digests, the weights only where they were read. */
  readonly files: readonly BackboneFile[];
  readonly source: BackboneSource;
}

/** A file that a backbone is made of. */
export interface BackboneFile {
  readonly name: string;
  readonly sha256: string;
}

export interface LoadOptions {
  /** Of random weights. */
  readonly seed: number;
  /** The commit of a model of the hub; default: the cache's for `main`, else the hub's. */
  readonly commit?: string | undefined;
  /** Reads every file for its digest, even one whose digest is remembered. Default false. */
  readonly verify?: boolean | undefined;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called once, with a sentence, where another process downloads the same model and this one waits. */
  readonly onWait?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Published checkpoints by their short names. */
export const published: Readonly<Record<string, string>> = {
  "t5-small": "google-t5/t5-small",
  "t5-base": "google-t5/t5-base",
  "t5-large": "google-t5/t5-large",
  "t5-3b": "google-t5/t5-3b",
  "t5-11b": "google-t5/t5-11b",
  "t5-v1.1-small": "google/t5-v1_1-small",
  "t5-v1.1-base": "google/t5-v1_1-base",
  "t5-v1.1-large": "google/t5-v1_1-large",
};
const randomSuffix = "-random";
/** Ends the URL of a package whose geometry is wanted with random weights. */
export const randomPackage = "#random";

/** Names `loadBackbone` knows, beside directories and `hf:ORG/REPO`. */
export function backboneNames(): string[] {
  return [...Object.keys(geometries).map((name) => name + randomSuffix), ...Object.keys(published)];
}

/**
 * Makes or loads a backbone: `t5-tiny-random` and its larger siblings (random weights of a published geometry, with the tiny
 * preset's tokenizer), a published name, `hf:ORG/REPO`, a checkpoint directory, or the `file:` URL of a backbone package's module;
 * with `#random` behind it, the package's geometry and tokenizer with random weights as T5's, embeddings N(0, 1).
 *
 * @throws BackboneError for an unknown name or a package whose weights are not those it names; CheckpointError where files are missing, damaged or cannot be downloaded
 */
export async function loadBackbone(name: string, options: LoadOptions): Promise<LoadedBackbone> {
  if (isRandomPreset(name)) return randomBackbone(name, options.seed);
  if (name.startsWith("file:")) return packagedBackbone(name, options);
  const reference = published[name] === undefined ? name : `hf:${published[name]}`;
  if (!reference.includes("/") && !existsSync(reference)) {
    throw new BackboneError(
      "E_BACKBONE_UNKNOWN",
      `backbone "${name}": no such name or directory; known names: ${backboneNames().join(", ")}; or give a directory or hf:ORG/REPO`,
    );
  }
  return checkpoint(name, reference, options);
}

/** Whether a name is that of a geometry with random weights. */
export function isRandomPreset(name: string): boolean {
  return name.endsWith(randomSuffix) && !existsSync(name);
}

/** Names and digests of a checkpoint's files. */
export function namedFiles(files: readonly CheckpointFile[]): BackboneFile[] {
  return files.map(({ path, sha256 }) => ({ name: basename(path), sha256 }));
}

/** The files beside the weights, which are all that a backbone with random weights is made of. */
export async function filesBesideWeights(directory: string): Promise<BackboneFile[]> {
  return namedFiles(await checkpointDigests(directory)).filter(
    ({ name }) => !/\.safetensors(\.index\.json)?$/.test(name),
  );
}

async function packagedBackbone(reference: string, options: LoadOptions): Promise<LoadedBackbone> {
  const url = reference.replace(randomPackage, "");
  const { name, directory, sha256 } = await importBackbonePackage(url);
  if (url !== reference) {
    const config = readConfig(directory, huggingFaceConfig);
    const tokenizer = loadTokenizer(directory);
    checkIds(name, config, tokenizer);
    const params = initialise(config, seededRandom(options.seed).fork("backbone"), 1);
    return random(name + randomSuffix, new T5(name + randomSuffix, config, params), tokenizer, directory);
  }
  const loaded = await checkpoint(name, directory, options);
  if (loaded.source.sha256 === sha256) return { ...loaded, source: { ...loaded.source, name, kind: "package" } };
  loaded.model.dispose();
  throw new BackboneError(
    "E_BACKBONE_DAMAGED",
    `backbone "${name}": expected weights with sha256 ${sha256} in ${directory}, got ${loaded.source.sha256}; install the package again`,
  );
}

async function checkpoint(name: string, reference: string, options: LoadOptions): Promise<LoadedBackbone> {
  const { directory, files, source } = await resolveCheckpoint(reference, {
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.onWait && { onWait: options.onWait }),
    ...(options.signal && { signal: options.signal }),
    ...{ commit: options.commit, verify: options.verify },
  });
  const config = readConfig(directory, huggingFaceConfig);
  const weights = files.filter(({ path }) => path.endsWith(".safetensors"));
  const tokenizer = loadTokenizer(directory);
  checkIds(name, config, tokenizer);
  const model = new T5(name, config, loadWeights(directory, config));
  await checkFinite(
    model,
    weights.map(({ path }) => path),
  );
  return {
    model,
    tokenizer,
    directory,
    files: namedFiles(files),
    source: {
      name: source.name,
      kind: source.kind === "directory" ? "directory" : "hub",
      sha256: weights.map(({ sha256 }) => sha256).join("+") || null,
      revision: source.revision,
    },
  };
}

/** Where a preset's files lie in this package. */
export function presetDirectory(preset: "t5-tiny-random"): string {
  return fileURLToPath(new URL(`../presets/${preset}/`, import.meta.url));
}

async function randomBackbone(name: string, seed: number): Promise<LoadedBackbone> {
  const config = geometries[name.slice(0, -randomSuffix.length)];
  if (config === undefined)
    throw new BackboneError(
      "E_BACKBONE_UNKNOWN",
      `backbone "${name}": no such preset; known: ${backboneNames().join(", ")}`,
    );
  const directory = presetDirectory("t5-tiny-random");
  const tokenizer = loadTokenizer(directory);
  const params = initialise(config, seededRandom(seed).fork("backbone"));
  return random(name, new T5(name, config, params), tokenizer, directory);
}

async function random(name: string, model: T5, tokenizer: Tokenizer, directory: string): Promise<LoadedBackbone> {
  const source = { name, kind: "random", sha256: null, revision: null } as const;
  return { model, tokenizer, directory, files: await filesBesideWeights(directory), source };
}
