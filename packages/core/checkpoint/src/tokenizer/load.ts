import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseJson, readBytes, readText } from "@petl/files";
import { z } from "zod";
import { CheckpointError, reasonOf } from "../error.js";
import {
  MOST_DESCRIPTION_BYTES,
  MOST_TOKENIZER_BYTES,
  SENTENCEPIECE_FILE,
  TOKENIZER_CONFIG_FILE,
  TOKENIZER_FILE,
} from "../file-names.js";
import { tokenizerDocument } from "./from-sentencepiece.js";
import { PretrainedTokenizer } from "./pretrained.js";
import { decodeSentencePieceModel } from "./sentencepiece-model.js";
import type { Tokenizer } from "./tokenizer.js";

/** Forty times the largest published vocabulary; an id beyond it is a slip or damage. */
const mostPieces = 10_000_000;
/** A hundred times T5's. */
const mostSentinels = 10_000;

const pieceSchema = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);
const configSchema = z.object({
  pad_token: pieceSchema.nullish(),
  eos_token: pieceSchema.nullish(),
  unk_token: pieceSchema.nullish(),
  extra_ids: z.number().int().nonnegative().max(mostSentinels).nullish(),
});

/**
 * Loads the tokenizer of a checkpoint directory: `tokenizer.json`, else T5's SentencePiece model `spiece.model`, each
 * with `tokenizer_config.json` where there is one. The path of either file also does.
 *
 * Ids are those of Hugging Face `tokenizers`, and those of SentencePiece but for segmentations of exactly equal score
 * (5 of 233,790 GLUE fields), between which SentencePiece's f32 sums choose by rounding.
 * @throws CheckpointError E_FILE_MISSING, E_TOKENIZER_INVALID
 */
export function loadTokenizer(directoryOrFile: string): Tokenizer {
  const file = tokenizerFile(directoryOrFile);
  const config = readTokenizerConfig(join(file, "..", TOKENIZER_CONFIG_FILE));
  const special = {
    pad: config.pad_token ?? "<pad>",
    eos: config.eos_token ?? "</s>",
    unknown: config.unk_token ?? "<unk>",
  };
  try {
    const document = file.endsWith(".json")
      ? parseDocument(readText(file, MOST_TOKENIZER_BYTES))
      : tokenizerDocument(file, decodeSentencePieceModel(readBytes(file, MOST_TOKENIZER_BYTES)), {
          sentinels: config.extra_ids ?? 100,
        });
    return new PretrainedTokenizer(document, special);
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

function parseDocument(text: string): object {
  const document = documentSchema.parse(parseJson(text));
  return { decoder: null, post_processor: null, pre_tokenizer: null, normalizer: null, added_tokens: [], ...document };
}

const documentSchema = z.looseObject({
  added_tokens: z
    .array(z.looseObject({ id: z.number().int().nonnegative().max(mostPieces), content: z.string() }))
    .optional(),
  model: z.discriminatedUnion("type", [
    z.looseObject({
      type: z.literal("Unigram"),
      unk_id: z.number().int().nonnegative(),
      vocab: z
        .array(z.tuple([z.string(), z.number()]))
        .min(1)
        .max(mostPieces),
      byte_fallback: z.literal(false, "byte_fallback is not supported").optional(),
    }),
    z.looseObject({ type: z.enum(["BPE", "WordPiece"]) }),
  ]),
});

function readTokenizerConfig(file: string): z.infer<typeof configSchema> {
  if (!existsSync(file)) return {};
  try {
    return configSchema.parse(parseJson(readText(file, MOST_DESCRIPTION_BYTES)));
  } catch (cause) {
    throw new CheckpointError("E_TOKENIZER_INVALID", {
      file,
      expected: "JSON with pad_token, eos_token, unk_token as text and extra_ids as a number",
      got: cause instanceof z.ZodError ? z.prettifyError(cause).replace(/\s+/g, " ") : reasonOf(cause),
      remedy: "copy or download it again",
      cause,
    });
  }
}
