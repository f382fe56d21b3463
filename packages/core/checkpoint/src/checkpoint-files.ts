import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  CONFIG_FILE,
  SENTENCEPIECE_FILE,
  SMALL_FILES,
  TOKENIZER_FILE,
  WEIGHT_FILE,
  WEIGHT_INDEX_FILE,
} from "./file-names.js";
import { ggufFiles, neededWeights, shardFiles } from "./open-checkpoint.js";

const TOKENIZER_FILES = [TOKENIZER_FILE, SENTENCEPIECE_FILE] as const;

interface DirectoryContents {
  /** Names of the files in use, relative to the directory. */
  readonly present: readonly string[];
  /** What is needed and not there, in words; empty for a complete checkpoint. */
  readonly missing: readonly string[];
}

/**
 * Lists the files of a checkpoint in a directory, `model.safetensors` before a sharded index, and that before a GGUF file.
 *
 * @throws CheckpointError E_INDEX_INVALID
 */
export function checkpointFiles(directory: string): DirectoryContents {
  const has = (name: string) => existsSync(join(directory, name));
  const present = SMALL_FILES.filter(has);
  const missing: string[] = [];
  if (!has(CONFIG_FILE)) missing.push(CONFIG_FILE);
  if (!TOKENIZER_FILES.some(has)) missing.push(TOKENIZER_FILES.join(" or "));
  if (has(WEIGHT_FILE)) present.push(WEIGHT_FILE);
  else if (has(WEIGHT_INDEX_FILE)) {
    const shards = shardFiles(join(directory, WEIGHT_INDEX_FILE));
    present.push(WEIGHT_INDEX_FILE, ...shards.filter(has));
    missing.push(...shards.filter((shard) => !has(shard)));
  } else {
    const found = ggufFiles(directory);
    if (found.length === 1) present.push(...found);
    else missing.push(neededWeights(found));
  }
  return { present, missing };
}
