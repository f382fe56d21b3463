import { existsSync } from "node:fs";
import {
  type DownloadProgress,
  isWeightFile,
  loadTokenizer,
  readConfig,
  resolveCheckpoint,
  type Tokenizer,
} from "@petl/checkpoint";
import { seededRandom } from "@petl/tensor";
import type { Family } from "../contract/family.js";
import type { BackboneModel } from "../contract/model.js";
import { BackboneError } from "./backbone-error.js";
import { importBackbonePackage } from "./backbone-package.js";
import { checkFinite, checkTokenizer } from "./check-checkpoint.js";
import { type BackboneFile, filesBesideWeights, namedFiles } from "./files.js";
import { namesOf, parseReference } from "./references.js";
import { float32Storage, type WeightStorage, weightKeeper } from "./weight-storage.js";
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

export interface LoadedBackbone<Config = unknown> {
  readonly family: Family<Config>;
  readonly config: Config;
  readonly model: BackboneModel;
  readonly tokenizer: Tokenizer;
  /** Where the files lie that it was made of, the tokenizer's among them. */
  readonly directory: string;
  /** The files it was made of and their digests, the weights only where they were read. */
  readonly files: readonly BackboneFile[];
  readonly source: BackboneSource;
}

export interface LoadOptions {
  /** Of random weights. */
  readonly seed: number;
  /** How frozen weights are stored; default: in float32. */
  readonly storage?: WeightStorage;
  /** The commit of a model of the hub; default: the cache's for `main`, else the hub's. */
  readonly commit?: string | undefined;
  /** Reads every file for its digest, even one whose digest is remembered. Default false. */
  readonly verify?: boolean | undefined;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called once, with a sentence, where another process downloads the same model and this one waits. */
  readonly onWait?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes or loads a backbone of a family: `GEOMETRY-random` (random weights, with the family's own small tokenizer), a published
 * name, `hf:ORG/REPO`, a checkpoint directory, or the `file:` URL of a backbone package's module; with `#random` behind it, the
 * package's geometry and tokenizer with random weights.
 *
 * @throws BackboneError for an unknown name or a package whose weights are not those it names; CheckpointError where files are missing, damaged or cannot be downloaded
 */
export async function loadBackbone<Config>(
  name: string,
  family: Family<Config>,
  options: LoadOptions,
): Promise<LoadedBackbone<Config>> {
  const reference = parseReference(name, family.published);
  if (reference.kind === "random") {
    const { geometries } = family;
    const config = Object.hasOwn(geometries, reference.geometry) ? geometries[reference.geometry] : undefined;
    if (config === undefined) throw unknown(name, family, "no such geometry");
    return random(name, family, config, family.tokenizerDirectory, { use: "trained", ...options });
  }
  if (reference.kind === "package") return packaged(reference, family, options);
  if (reference.kind === "hub") return checkpoint(name, `hf:${reference.repository}`, family, options);
  if (!name.includes("/") && !existsSync(name)) throw unknown(name, family, "no such name or directory");
  return checkpoint(name, name, family, options);
}

function unknown(name: string, family: Family, problem: string): BackboneError {
  return new BackboneError(
    "E_BACKBONE_UNKNOWN",
    `backbone "${name}": ${problem}; known names: ${namesOf(family).join(", ")}; or give a directory or hf:ORG/REPO`,
  );
}

async function packaged<Config>(
  reference: { readonly url: string; readonly isRandom: boolean },
  family: Family<Config>,
  options: LoadOptions,
): Promise<LoadedBackbone<Config>> {
  const { name, directory, sha256 } = await importBackbonePackage(reference.url);
  if (reference.isRandom) {
    const config = readConfig(directory, family.config);
    return random(`${name}-random`, family, config, directory, { use: "frozen", ...options });
  }
  const loaded = await checkpoint(name, directory, family, options);
  if (loaded.source.sha256 === sha256) return { ...loaded, source: { ...loaded.source, name, kind: "package" } };
  loaded.model.dispose();
  throw new BackboneError(
    "E_BACKBONE_DAMAGED",
    `backbone "${name}": expected weights with sha256 ${sha256} in ${directory}, got ${loaded.source.sha256}; install the package again`,
  );
}

async function checkpoint<Config>(
  name: string,
  reference: string,
  family: Family<Config>,
  options: LoadOptions,
): Promise<LoadedBackbone<Config>> {
  const { directory, files, source } = await resolveCheckpoint(reference, {
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.onWait && { onWait: options.onWait }),
    ...(options.signal && { signal: options.signal }),
    ...{ commit: options.commit, verify: options.verify },
  });
  const config = readConfig(directory, family.config);
  const weights = files.filter(({ path }) => isWeightFile(path));
  const tokenizer = loadTokenizer(directory);
  checkTokenizer(name, family, config, tokenizer);
  const model = family.build(name, config, loadWeights(directory, family, config, options.storage));
  await checkFinite(
    model,
    weights.map(({ path }) => path),
  );
  return {
    ...{ family, config, model, tokenizer, directory },
    files: namedFiles(files),
    source: {
      name: source.name,
      kind: source.kind === "directory" ? "directory" : "hub",
      sha256: weights.map(({ sha256 }) => sha256).join("+") || null,
      revision: source.revision,
    },
  };
}

async function random<Config>(
  name: string,
  family: Family<Config>,
  config: Config,
  directory: string,
  {
    seed,
    use,
    storage = float32Storage,
  }: Pick<LoadOptions, "seed" | "storage"> & { readonly use: "trained" | "frozen" },
): Promise<LoadedBackbone<Config>> {
  const tokenizer = loadTokenizer(directory);
  checkTokenizer(name, family, config, tokenizer);
  const params = family.initialise(
    config,
    seededRandom(seed).fork("backbone"),
    use,
    weightKeeper(family, config, storage).drawn,
  );
  const source = { name, kind: "random", sha256: null, revision: null } as const;
  const files = await filesBesideWeights(directory);
  return { family, config, model: family.build(name, config, params), tokenizer, directory, files, source };
}
