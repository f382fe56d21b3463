import * as library from "@huggingface/tokenizers";

// The library's own declarations import each other without file extensions, which node's module resolution does not
// follow, so everything in them is untyped; these are the parts used here, as of version 0.2.0.

interface Normalizer {
  readonly config: { readonly precompiled_charsmap?: unknown };
  normalize(text: string): string;
}

interface SequenceNormalizer extends Normalizer {
  readonly normalizers: readonly (Normalizer | null)[];
}

interface UnigramModel {
  readonly config: { readonly vocab: readonly (readonly [piece: string, score: number])[]; readonly unk_id: number };
  /** Whether unknown segments in a row become one, across the words of a text. */
  fuse_unk: boolean;
  tokenize(text: string): string[];
}

interface AddedToken {
  readonly id: number;
  readonly special: boolean;
}

/** A tokenizer of `@huggingface/tokenizers`. */
export interface Engine {
  readonly normalizer: Normalizer | null;
  readonly model: object | null;
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  decode(ids: number[]): string;
  token_to_id(token: string): number | undefined;
  get_added_tokens_decoder(): Map<number, AddedToken>;
  get_vocab(): Map<string, number>;
}

const classes = library as unknown as {
  Tokenizer: new (document: object, config: object) => Engine;
  PrecompiledNormalizer: new () => Normalizer;
  SequenceNormalizer: new () => SequenceNormalizer;
  Unigram: new () => UnigramModel;
};

export function createEngine(document: object): Engine {
  return new classes.Tokenizer(document, { clean_up_tokenization_spaces: false });
}

/** Every Precompiled normaliser of an engine, those in sequences included. */
export function precompiledNormalizers(normalizer: Normalizer | null): Normalizer[] {
  if (normalizer instanceof classes.SequenceNormalizer) return normalizer.normalizers.flatMap(precompiledNormalizers);
  return normalizer instanceof classes.PrecompiledNormalizer ? [normalizer] : [];
}

export function isUnigram(model: object | null): model is UnigramModel {
  return model instanceof classes.Unigram;
}
