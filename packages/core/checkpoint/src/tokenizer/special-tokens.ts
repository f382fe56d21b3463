import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseJson, readText } from "@petl/files";
import { z } from "zod";
import { CheckpointError, reasonOf } from "../error.js";
import { MOST_DESCRIPTION_BYTES, SPECIAL_TOKENS_FILE, TOKENIZER_CONFIG_FILE } from "../file-names.js";

/** A hundred times T5's. */
const mostSentinels = 10_000;

const piece = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);
/** A text or an object with it; of several, the first; null for none. */
const special = z.union([piece, z.tuple([piece], piece).transform(([first]) => first)]).nullish();
const namesSchema = z.object({
  bos_token: special,
  eos_token: special,
  pad_token: special,
  sep_token: special,
  unk_token: special,
});
const configSchema = namesSchema.extend({
  extra_ids: z.number().int().nonnegative().max(mostSentinels).nullish(),
  /** Some files have a list of templates instead, which is left out. */
  chat_template: z.string().optional().catch(undefined),
});

/** Special tokens by role: null where the checkpoint says that there is none, undefined where it says nothing. */
export type SpecialNames = z.infer<typeof namesSchema>;

/** `tokenizer_config.json` over `special_tokens_map.json`. @throws CheckpointError E_TOKENIZER_INVALID */
export function readTokenizerConfig(directory: string): z.infer<typeof configSchema> {
  const names = read(join(directory, SPECIAL_TOKENS_FILE), namesSchema, "special tokens as text");
  const wanted = "special tokens as text and extra_ids as a number";
  return { ...names, ...read(join(directory, TOKENIZER_CONFIG_FILE), configSchema, wanted) };
}

function read<Value extends object>(file: string, schema: z.ZodType<Value>, wanted: string): Partial<Value> {
  if (!existsSync(file)) return {};
  try {
    return schema.parse(parseJson(readText(file, MOST_DESCRIPTION_BYTES)));
  } catch (cause) {
    throw new CheckpointError("E_TOKENIZER_INVALID", {
      file,
      expected: `JSON with ${wanted}`,
      got: cause instanceof z.ZodError ? z.prettifyError(cause).replace(/\s+/g, " ") : reasonOf(cause),
      remedy: "copy or download it again",
      cause,
    });
  }
}

/** The ids of the special tokens that a checkpoint names, else of those customary for its kind of tokenizer. */
export interface SpecialIds {
  readonly padId: number;
  readonly eosId: number;
  readonly bosId: number | null;
  readonly unknownId: number | null;
}

/**
 * Finds the ids of special tokens. Byte-pair tokenizers may have no padding and no unknown piece; the others must.
 * Throws a plain Error where a token that is named or needed is no piece.
 */
export function findSpecialIds(
  names: SpecialNames,
  model: { readonly type: string; readonly unk_token?: string | null | undefined },
  idOf: (piece: string) => number | undefined,
): SpecialIds {
  const find = (role: string, name: string | null | undefined, customary: readonly string[]): number | null => {
    const candidates = name === undefined ? customary : name === null ? [] : [name];
    const found = candidates.map(idOf).find((id) => id !== undefined);
    if (found !== undefined) return found;
    if (name !== undefined && name !== null)
      throw new Error(
        `no piece "${name}", the ${role} token that ${TOKENIZER_CONFIG_FILE} or ${SPECIAL_TOKENS_FILE} names`,
      );
    return null;
  };
  const need = (role: string, id: number | null, customary: readonly string[]): number => {
    if (id !== null) return id;
    throw new Error(`${TOKENIZER_CONFIG_FILE} names no ${role} token, and no piece is "${customary.join('" or "')}"`);
  };
  const pads = ["<pad>", "[PAD]"];
  const ends = ["</s>", "[SEP]", "<|endoftext|>"];
  const eosId = need("end-of-sequence", find("end-of-sequence", names.eos_token ?? names.sep_token, ends), ends);
  const padId = find("padding", names.pad_token, pads);
  const unknowns = model.unk_token == null ? [] : [model.unk_token];
  const unknownId = find("unknown", names.unk_token ?? undefined, unknowns);
  const isBytePair = model.type === "BPE";
  return {
    eosId,
    padId: isBytePair ? (padId ?? eosId) : need("padding", padId, pads),
    bosId: find("beginning-of-sequence", names.bos_token, ["<s>"]),
    unknownId: isBytePair ? unknownId : need("unknown", unknownId, unknowns),
  };
}
