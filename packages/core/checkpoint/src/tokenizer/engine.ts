import * as library from "@huggingface/tokenizers";

// The library's own declarations import each other without file extensions, which node's module resolution does not
// follow, so everything in them is untyped; these are the parts used here, as of version 0.2.0.

/** A normaliser of the library. */
export interface Normalizer {
  readonly config: object;
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

interface BytePairModel {
  /** Divides words into pieces, then joins unknown ones in a row. */
  _call(words: readonly string[]): string[];
}

interface AddedToken {
  readonly id: number;
  readonly special: boolean;
}

interface ByteFallbackDecoder {
  text_decoder: { decode(bytes: Uint8Array): string };
}

interface SequenceDecoder {
  readonly decoders: readonly object[];
}

/** A tokenizer of `@huggingface/tokenizers`. */
export interface Engine {
  readonly normalizer: Normalizer | null;
  /** Called with a text, and the number of the part between added tokens that it is. */
  pre_tokenizer: ((text: string, options: { section_index: number }) => string[]) | null;
  readonly decoder: object | null;
  readonly model: { readonly unk_token?: string | null };
  encode(text: string): { ids: number[] };
  decode(ids: number[]): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_added_tokens_decoder(): Map<number, AddedToken>;
  get_vocab(): Map<string, number>;
}

const classes = library as unknown as {
  Tokenizer: new (document: object, config: object) => Engine;
  BertNormalizer: new () => Normalizer;
  LowercaseNormalizer: new () => Normalizer;
  PrecompiledNormalizer: new () => Normalizer;
  SequenceNormalizer: new () => SequenceNormalizer;
  SplitPreTokenizer: new (config: { pattern: object }) => { pattern: RegExp };
  ByteLevelPreTokenizer: new (config: object) => { pattern: RegExp; pre_tokenize_text(text: string): string[] };
  ByteFallbackDecoder: new () => ByteFallbackDecoder;
  SequenceDecoder: new () => SequenceDecoder;
  Unigram: new () => UnigramModel;
  BPE: new () => BytePairModel;
};

/** The library's tokenizer of a `tokenizer.json` without its pre-tokenizer and post-processor, which are ours. */
export function createEngine(document: object): Engine {
  return new classes.Tokenizer(
    { ...document, pre_tokenizer: null, post_processor: null },
    { clean_up_tokenization_spaces: false },
  );
}

/** Every normaliser of an engine, those in sequences one by one. */
export function normalizersOf(normalizer: Normalizer | null): Normalizer[] {
  if (normalizer instanceof classes.SequenceNormalizer) return normalizer.normalizers.flatMap(normalizersOf);
  return normalizer === null ? [] : [normalizer];
}

/** Which of the normalisers that we replace one is, if any. */
export function normalizerKind(normalizer: Normalizer): "bert" | "lowercase" | "precompiled" | undefined {
  const kinds = {
    bert: classes.BertNormalizer,
    lowercase: classes.LowercaseNormalizer,
    precompiled: classes.PrecompiledNormalizer,
  };
  return (Object.keys(kinds) as (keyof typeof kinds)[]).find((kind) => normalizer instanceof kinds[kind]);
}

/** The decoders of pieces that stand for one byte each. */
export function byteFallbackDecoders(decoder: object | null): ByteFallbackDecoder[] {
  if (decoder instanceof classes.SequenceDecoder) return decoder.decoders.flatMap(byteFallbackDecoders);
  return decoder instanceof classes.ByteFallbackDecoder ? [decoder] : [];
}

export function isUnigram(model: object): model is UnigramModel {
  return model instanceof classes.Unigram;
}

export function isBytePair(model: object): model is BytePairModel {
  return model instanceof classes.BPE;
}

/** A pattern of a `tokenizer.json`, in the syntax of Oniguruma, as a global regular expression. */
export function compilePattern(pattern: object): RegExp {
  return new classes.SplitPreTokenizer({ pattern }).pattern;
}

/** GPT-2's pattern, whose white space is Unicode's and not JavaScript's. */
const byteLevelWords =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Divides a text into words and writes each as one character a UTF-8 byte. */
export function byteLevelPreTokenizer(config: { add_prefix_space: boolean; use_regex: boolean }) {
  const preTokenizer = new classes.ByteLevelPreTokenizer(config);
  preTokenizer.pattern = byteLevelWords;
  return (text: string) => preTokenizer.pre_tokenize_text(text);
}
