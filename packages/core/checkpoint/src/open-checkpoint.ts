import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { readText } from "@petl/files";
import type { StoredWeight } from "@petl/weight-formats";
import { z } from "zod";
import { withBitsandbytes } from "./bitsandbytes/source.js";
import { CheckpointError, reasonOf } from "./error.js";
import { GGUF_ENDING, MOST_TOKENIZER_BYTES, WEIGHT_FILE, WEIGHT_INDEX_FILE } from "./file-names.js";
import { GgufFile } from "./gguf/file.js";
import type { GgufNaming } from "./gguf/naming.js";
import { readSafetensors, type SafetensorsFile } from "./safetensors/file.js";
import type { RawTensorSource, TensorInfo, TensorSource } from "./tensor-source.js";

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().min(1)) });

export interface OpenOptions {
  /** Gives the tensors of a GGUF file the names and the order of the model's safetensors files. Default: as the file has them. */
  readonly gguf?: GgufNaming;
}

/**
 * Opens the weights of a checkpoint: a safetensors file, a sharded `*.safetensors.index.json`, a GGUF file, or a directory that holds
 * `model.safetensors`, `model.safetensors.index.json` or exactly one `*.gguf`. A weight that bitsandbytes quantised is one tensor.
 *
 * @throws CheckpointError
 */
export function openCheckpoint(path: string, options: OpenOptions = {}): TensorSource {
  const gguf = path.endsWith(GGUF_ENDING) ? path : ggufFileOf(path);
  return gguf === undefined ? withBitsandbytes(openFiles(path)) : new GgufFile(gguf, options.gguf);
}

/** The names of a directory's files that end in `.gguf`, sorted. */
export function ggufFiles(directory: string): string[] {
  if (!isDirectory(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(GGUF_ENDING))
    .sort();
}

/** What a directory lacks that has no weights, or these GGUF files, which are too many. */
export function neededWeights(found: readonly string[]): string {
  const needed = `${WEIGHT_FILE} or ${WEIGHT_INDEX_FILE}, or one file that ends in ${GGUF_ENDING}`;
  return found.length === 0 ? needed : `${needed} (there are ${found.length}: ${found.join(", ")})`;
}

/** The GGUF file of a directory that has one, and no weights in safetensors. */
function ggufFileOf(directory: string): string | undefined {
  if ([WEIGHT_FILE, WEIGHT_INDEX_FILE].some((name) => existsSync(join(directory, name)))) return undefined;
  const found = ggufFiles(directory);
  return found.length === 1 ? join(directory, found[0]!) : undefined;
}

function openFiles(path: string): RawTensorSource {
  if (!isDirectory(path)) return path.endsWith(".index.json") ? new ShardedCheckpoint(path) : readSafetensors(path);
  const single = join(path, WEIGHT_FILE);
  if (existsSync(single)) return readSafetensors(single);
  const index = join(path, WEIGHT_INDEX_FILE);
  if (existsSync(index)) return new ShardedCheckpoint(index);
  throw new CheckpointError("E_FILE_MISSING", {
    file: path,
    expected: `${neededWeights([])} in it`,
    got: ggufFiles(path).join(", ") || "none of them",
    remedy: "put the weights there in safetensors or GGUF (other formats must be converted first)",
  });
}

/**
 * The shard file names of an index, each once, in order of first use.
 *
 * @throws CheckpointError E_INDEX_INVALID
 */
export function shardFiles(indexPath: string): string[] {
  return [...new Set(Object.values(readWeightMap(indexPath)))];
}

class ShardedCheckpoint implements RawTensorSource {
  readonly metadata: Readonly<Record<string, string>>;
  readonly #shardOf = new Map<string, SafetensorsFile>();
  readonly #shards: readonly SafetensorsFile[];

  constructor(readonly path: string) {
    const weightMap = readWeightMap(path);
    const opened = new Map<string, SafetensorsFile>();
    for (const [name, shardName] of Object.entries(weightMap)) {
      const shard = opened.get(shardName) ?? openShard(path, shardName);
      opened.set(shardName, shard);
      shard.info(name); // throws where the shard lacks the tensor
      this.#shardOf.set(name, shard);
    }
    this.#shards = [...opened.values()];
    this.metadata = Object.assign({}, ...this.#shards.map((shard) => shard.metadata));
    for (const shard of this.#shards) this.#refuseUnlisted(shard);
  }

  names(): string[] {
    return [...this.#shardOf.keys()];
  }

  info(name: string): TensorInfo {
    return this.#shard(name).info(name);
  }

  read(name: string): Float32Array {
    return this.#shard(name).read(name);
  }

  readIntegers(name: string): Int32Array | BigInt64Array {
    return this.#shard(name).readIntegers(name);
  }

  readStored(name: string): StoredWeight | null {
    return this.#shard(name).readStored(name);
  }

  readBytes(name: string): Uint8Array {
    return this.#shard(name).readBytes(name);
  }

  close(): void {
    for (const shard of this.#shards) shard.close();
  }

  #shard(name: string): SafetensorsFile {
    const shard = this.#shardOf.get(name);
    if (shard !== undefined) return shard;
    throw new CheckpointError("E_TENSOR_MISSING", {
      file: this.path,
      expected: `a tensor "${name}"`,
      got: `${this.#shardOf.size} tensors, none of that name`,
      remedy: "check that the checkpoint belongs to this model",
    });
  }

  #refuseUnlisted(shard: SafetensorsFile): void {
    const unlisted = shard.names().find((name) => this.#shardOf.get(name) !== shard);
    if (unlisted === undefined) return;
    throw new CheckpointError("E_INDEX_INVALID", {
      file: this.path,
      expected: "to list every tensor of its shards",
      got: `"${unlisted}" of ${shard.path} listed elsewhere or not at all`,
      remedy: "copy or download the index and its shards again, together",
    });
  }
}

function readWeightMap(path: string): Record<string, string> {
  let document: unknown;
  try {
    document = JSON.parse(readText(path, MOST_TOKENIZER_BYTES));
  } catch (cause) {
    throw indexError(path, reasonOf(cause), cause);
  }
  const parsed = indexSchema.safeParse(document);
  if (!parsed.success) throw indexError(path, z.prettifyError(parsed.error).replace(/\s+/g, " "));
  const root = dirname(resolve(path));
  const outside = Object.values(parsed.data.weight_map).find((name) => !resolve(root, name).startsWith(root + sep));
  if (outside !== undefined) throw indexError(path, `a shard outside its directory: "${outside}"`);
  return parsed.data.weight_map;
}

function indexError(file: string, got: string, cause?: unknown): CheckpointError {
  return new CheckpointError("E_INDEX_INVALID", {
    file,
    expected: "a JSON object whose weight_map gives each tensor's shard file",
    got,
    remedy: "copy or download the index again",
    cause,
  });
}

function openShard(indexPath: string, shardName: string): SafetensorsFile {
  const path = join(dirname(indexPath), shardName);
  if (existsSync(path)) return readSafetensors(path);
  throw new CheckpointError("E_SHARD_MISSING", {
    file: path,
    expected: `this shard, which ${indexPath} lists`,
    got: "no file",
    remedy: "put every shard beside its index",
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
