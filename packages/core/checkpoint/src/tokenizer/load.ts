import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readBytes, readText } from "@petl/files";
import { CheckpointError, reasonOf } from "../error.js";
import { MOST_TOKENIZER_BYTES, SENTENCEPIECE_FILE, TOKENIZER_FILE } from "../file-names.js";
import { parseDocument } from "./document.js";
import { tokenizerDocument } from "./from-sentencepiece.js";
import { PretrainedTokenizer } from "./pretrained.js";
import { decodeSentencePieceModel } from "./sentencepiece-model.js";
import { readTokenizerConfig } from "./special-tokens.js";
import type { Tokenizer } from "./tokenizer.js";

/**
 * Loads the tokenizer of a checkpoint directory: `tokenizer.json` (unigram, byte pairs or WordPiece), else T5's
 * SentencePiece model `spiece.model`, each with `tokenizer_config.json` and `special_tokens_map.json` where there are.
 * The path of either file also does.
 *
 * Ids are those of Hugging Face `tokenizers`. T5's are also those of SentencePiece but for segmentations of exactly equal
 * score (5 of 233,790 GLUE fields), between which SentencePiece's f32 sums choose by rounding.
 * @throws CheckpointError E_FILE_MISSING, E_TOKENIZER_INVALID
 */
export function loadTokenizer(directoryOrFile: string): Tokenizer {
  const file = tokenizerFile(directoryOrFile);
  const config = readTokenizerConfig(dirname(file));
  try {
    const document = file.endsWith(".json")
      ? parseDocument(readText(file, MOST_TOKENIZER_BYTES))
      : tokenizerDocument(file, decodeSentencePieceModel(readBytes(file, MOST_TOKENIZER_BYTES)), {
          sentinels: config.extra_ids ?? 100,
        });
    return new PretrainedTokenizer(document, config);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError("E_TOKENIZER_INVALID", {
      file,
      expected: file.endsWith(".json") ? "a Hugging Face tokenizer description" : "a SentencePiece unigram model",
      got: reasonOf(cause),
      remedy: "the file is damaged or of another kind: copy or download it again",
      cause,
    });
  }
}

function tokenizerFile(path: string): string {
  const candidates = /\.(json|model)$/.test(path)
    ? [path]
    : [join(path, TOKENIZER_FILE), join(path, SENTENCEPIECE_FILE)];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new CheckpointError("E_FILE_MISSING", {
    file: path,
    expected: candidates.length === 1 ? "a tokenizer file" : `${TOKENIZER_FILE} or ${SENTENCEPIECE_FILE} in it`,
    got: "none",
    remedy: "put the checkpoint's tokenizer file there",
  });
}
