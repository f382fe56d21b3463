import { readSafetensors, type Tokenizer } from "@petl/checkpoint";
import type { Family } from "../contract/family.js";
import type { BackboneModel } from "../contract/model.js";
import { findNotFinite } from "../finite.js";
import { BackboneError } from "./backbone-error.js";

/** Compares a geometry with its tokenizer. @throws BackboneError E_BACKBONE_VOCABULARY */
export function checkTokenizer<Config>(
  name: string,
  family: Family<Config>,
  config: Config,
  tokenizer: Tokenizer,
): void {
  const found = family.misfit(config, tokenizer);
  if (found === null) return;
  const [expected, got] = found;
  throw new BackboneError(
    "E_BACKBONE_VOCABULARY",
    `backbone "${name}": expected ${expected}, got ${got}; config.json is damaged or belongs to another checkpoint`,
  );
}

/** Looks for NaN and infinity in loaded weights. @throws BackboneError E_BACKBONE_DAMAGED naming the first tensor with one, and its file */
export async function checkFinite(model: BackboneModel, files: readonly string[]): Promise<void> {
  const found = await findNotFinite(model.params);
  if (found === null) return;
  model.dispose();
  const tensor = model.publishedNames.get(found.name) ?? found.name;
  throw new BackboneError(
    "E_BACKBONE_DAMAGED",
    `${fileOf(tensor, files)}: expected finite weights, got ${found.value} in tensor "${tensor}" (value ${found.index}); the checkpoint is damaged: copy or download it again`,
  );
}

/** The file that holds a tensor, or all of them where none has it by this name. */
function fileOf(tensor: string, files: readonly string[]): string {
  const holds = (file: string): boolean => {
    const source = readSafetensors(file);
    try {
      return source.names().includes(tensor);
    } finally {
      source.close();
    }
  };
  return files.length === 1 ? files[0]! : (files.find(holds) ?? files.join(", "));
}
