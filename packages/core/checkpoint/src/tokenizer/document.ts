import { parseJson } from "@petl/files";
import { z } from "zod";

/** Forty times the largest published vocabulary; an id beyond it is a slip or damage. */
const mostPieces = 10_000_000;

const id = z.number().int().nonnegative().max(mostPieces);
/** Checked by hand, as are merges: a schema for each of some hundred thousand entries takes seconds. */
const vocabulary = z.custom<Readonly<Record<string, number>>>((value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const ids: unknown[] = Object.values(value);
  return (
    ids.length > 0 && ids.every((each) => Number.isInteger(each) && Number(each) >= 0 && Number(each) <= mostPieces)
  );
}, `expected pieces with ids from 0 to ${mostPieces}`);
const isText = (value: unknown) => typeof value === "string";
const merges = z.custom<readonly (string | readonly [string, string])[]>(
  (value) =>
    Array.isArray(value) &&
    value.every((each) => isText(each) || (Array.isArray(each) && each.length === 2 && each.every(isText))),
  "expected pairs of pieces, or texts with a space between them",
);
const none = (name: string) => z.literal(["", null], `${name} is not supported`).optional();

const documentSchema = z.looseObject({
  added_tokens: z
    .array(
      z.looseObject({
        id,
        content: z.string().min(1),
        special: z.boolean().optional(),
        single_word: z.literal(false, "single_word is not supported").optional(),
      }),
    )
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
    z.looseObject({
      type: z.literal("BPE"),
      vocab: vocabulary,
      merges,
      unk_token: z.string().nullish(),
      dropout: z.literal([0, null], "dropout is not supported").optional(),
      continuing_subword_prefix: none("continuing_subword_prefix"),
      end_of_word_suffix: none("end_of_word_suffix"),
      fuse_unk: z.boolean().optional(),
      byte_fallback: z.boolean().optional(),
      ignore_merges: z.boolean().optional(),
    }),
    z.looseObject({
      type: z.literal("WordPiece"),
      vocab: vocabulary,
      unk_token: z.string().default("[UNK]"),
      continuing_subword_prefix: z.string().default("##"),
      max_input_chars_per_word: z.number().int().positive().default(100),
    }),
  ]),
});

/** What a `tokenizer.json` holds; its own `truncation` and `padding` are left out, since callers cut and pad. */
export interface TokenizerDocument {
  readonly model: z.infer<typeof documentSchema>["model"];
  readonly added_tokens: readonly {
    readonly id: number;
    readonly content: string;
    readonly special?: boolean | undefined;
  }[];
  readonly normalizer: unknown;
  readonly pre_tokenizer: unknown;
  readonly post_processor: unknown;
  readonly decoder: unknown;
}

/** Reads a `tokenizer.json`. Throws where it is malformed or needs what is not supported. */
export function parseDocument(text: string): TokenizerDocument {
  const parsed = documentSchema.parse(parseJson(text));
  const { model, added_tokens = [], normalizer, pre_tokenizer, post_processor, decoder } = parsed;
  return {
    model,
    added_tokens,
    normalizer: normalizer ?? null,
    pre_tokenizer: pre_tokenizer ?? null,
    post_processor: post_processor ?? null,
    decoder: decoder ?? null,
  };
}
