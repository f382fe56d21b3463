import { readSafetensors, type Tokenizer } from "@petl/checkpoint";
import { BackboneError } from "./backbone-error.js";
import type { T5Config } from "./config.js";
import { findNotFinite } from "./finite.js";
import type { T5 } from "./t5.js";

/** Compares the ids of config.json with vocabulary and tokenizer. @throws BackboneError E_BACKBONE_VOCABULARY */
export function checkIds(name: string, config: T5Config, tokenizer: Tokenizer): void {
  const wrong = (expected: string): BackboneError =>
    new BackboneError(
      "E_BACKBONE_VOCABULARY",
      `backbone "${name}": expected ${expected}; config.json is damaged or belongs to another checkpoint`,
    );
  const { vocabularySize, padId, eosId, decoderStartId } = config;
  if (tokenizer.vocabularySize > vocabularySize)
    throw wrong(
      `a tokenizer of at most ${vocabularySize} ids (the rows of the embedding table), got ${tokenizer.vocabularySize}`,
    );
  const ids = { pad_token_id: padId, eos_token_id: eosId, decoder_start_token_id: decoderStartId };
  for (const [field, id] of Object.entries(ids)) {
    if (id >= 0 && id < vocabularySize) continue;
    throw wrong(`${field} from 0 to ${vocabularySize - 1} (the rows of the embedding table), got ${id}`);
  }
  if (eosId !== tokenizer.eosId)
    throw wrong(`the tokenizer's end of sequence ${tokenizer.eosId} as eos_token_id, got ${eosId}`);
}

/** Looks for NaN and infinity in loaded weights. @throws BackboneError E_BACKBONE_DAMAGED naming the first tensor with one, and its file */
export async function checkFinite(model: T5, files: readonly string[]): Promise<void> {
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
