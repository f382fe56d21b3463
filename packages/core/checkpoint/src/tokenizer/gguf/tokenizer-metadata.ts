import { join } from "node:path";
import { readText } from "@petl/files";
import { z } from "zod";
import { readConfig } from "../../config.js";
import { CheckpointError } from "../../error.js";
import { MOST_TOKENIZER_BYTES, TOKENIZER_FILE } from "../../file-names.js";
import { type GgufMetadata, type GgufValue, ggufValue } from "../../gguf/value.js";
import { parseDocument, type TokenizerDocument } from "../document.js";
import { loadTokenizer } from "../load.js";
import { readTokenizerConfig, type SpecialNames } from "../special-tokens.js";
import type { Tokenizer } from "../tokenizer.js";
import { piecesOf, tokenTypes } from "./pieces.js";
import { mergedScores, mergeTexts } from "./scores.js";
import { textDivision } from "./text-division.js";

/** A tokenizer as a GGUF file has it. */
export interface GgufTokenizer {
  readonly metadata: GgufMetadata;
  /** What other programs may do otherwise than the tokenizer, in words; empty where nothing is known. */
  readonly notes: readonly string[];
}

const { bool, f32s, i32s, string, strings, u32 } = ggufValue;

const id = z.union([z.number().int(), z.array(z.number().int()).nonempty()]).nullish();
const idFields = z.object({ bos_token_id: id, pad_token_id: id });

/**
 * What a GGUF file says of a checkpoint's byte-pair tokenizer: pieces, merges, types, special tokens and how texts are divided, of
 * `tokenizer.json`, `tokenizer_config.json` and, for ids that these do not name, `config.json`.
 *
 * @param vocabularySize rows of the table of tokens; ids without a piece are filled up
 * @throws CheckpointError E_FILE_MISSING, E_TOKENIZER_INVALID also for a tokenizer that GGUF has no name for
 */
export function ggufTokenizer(directory: string, vocabularySize: number): GgufTokenizer {
  const file = join(directory, TOKENIZER_FILE);
  const tokenizer = loadTokenizer(file); // checks the file
  const document = parseDocument(readText(file, MOST_TOKENIZER_BYTES));
  const division = textDivision(document);
  const { model } = document;
  if (model.type !== "BPE" || division === undefined) throw refused(file, kindOf(document));
  const names = readTokenizerConfig(directory);
  const ids = specialIds(readConfig(directory, idFields), names, tokenizer, vocabularySize);
  const pieces = piecesOf(document, vocabularySize);
  const merges = mergeTexts(model.merges);
  if (merges === null) throw refused(file, "merges of pieces that hold a space");
  const scored = division.model === "llama" ? mergedScores(model.vocab, model.merges, pieces) : null;
  const metadata = {
    model: string(division.model),
    pre: string(division.pre),
    tokens: strings(pieces.map(({ text }) => text)),
    ...(scored !== null && { scores: f32s(scored.scores) }),
    token_type: i32s(pieces.map(({ type }) => tokenTypes[type])),
    merges: strings(merges),
    ...Object.fromEntries(withoutNull(ids).map(([role, each]) => [`${role}_token_id`, u32(each)])),
    ...ends(file, tokenizer, ids),
    ...(scored !== null && { add_space_prefix: bool(division.addSpacePrefix) }),
  };
  const { chat_template: template } = names;
  return {
    metadata: {
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`tokenizer.ggml.${key}`, value])),
      ...(template !== undefined && { "tokenizer.chat_template": string(template) }),
    },
    notes:
      scored?.isWhole === false
        ? [
            "its merges are not all that its pieces allow, as those of SentencePiece are: llama.cpp may divide some words otherwise",
          ]
        : [],
  };
}

interface SpecialIds {
  readonly bos: number | null;
  readonly eos: number;
  readonly unknown: number | null;
  readonly padding: number | null;
}

function specialIds(
  config: z.output<typeof idFields>,
  names: SpecialNames,
  tokenizer: Tokenizer,
  vocabularySize: number,
): SpecialIds {
  const fromConfig = (field: z.output<typeof id>): number | null => {
    const first = [field ?? []].flat()[0];
    return first !== undefined && first >= 0 && first < vocabularySize ? first : null;
  };
  return {
    bos: tokenizer.bosId ?? fromConfig(config.bos_token_id),
    eos: tokenizer.eosId,
    unknown: tokenizer.unknownId,
    padding: names.pad_token == null ? fromConfig(config.pad_token_id) : tokenizer.padId,
  };
}

const withoutNull = (ids: SpecialIds): [role: string, id: number][] =>
  Object.entries(ids).filter((entry): entry is [string, number] => entry[1] !== null);

/** Whether special tokens begin and end a text. */
function ends(file: string, tokenizer: Tokenizer, { bos, eos }: SpecialIds): Record<string, GgufValue> {
  const [plain, whole] = [false, true].map((addSpecial) => tokenizer.encode("a", { addSpecial })) as [
    number[],
    number[],
  ];
  const [addsBos, addsEos] = [whole[0] !== plain[0], whole.at(-1) !== plain.at(-1)];
  const expected = [...(addsBos ? [bos] : []), ...plain, ...(addsEos ? [eos] : [])];
  if (whole.join() !== expected.join()) throw refused(file, "special tokens around a text other than these two");
  return { add_bos_token: bool(addsBos), add_eos_token: bool(addsEos) };
}

function kindOf({ model, normalizer, pre_tokenizer }: TokenizerDocument): string {
  if (model.type !== "BPE") return model.type;
  return `normalizer ${JSON.stringify(normalizer)}, pre-tokenizer ${JSON.stringify(pre_tokenizer)}, ignore_merges ${model.ignore_merges ?? false}`;
}

function refused(file: string, got: string): CheckpointError {
  return new CheckpointError("E_TOKENIZER_INVALID", {
    file,
    expected:
      "a byte-pair tokenizer that GGUF has a name for: gpt-2, smollm, llama-bpe, dbrx, qwen2, or over spaces written as pieces; with a beginning and an end of sequence around a text, or either, or none",
    got,
    remedy: "write the model in safetensors instead",
  });
}
