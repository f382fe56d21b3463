/** Options of `Tokenizer.encode`. */
export interface EncodeOptions {
  /** Adds the special tokens that the tokenizer puts around a text: T5's `</s>`, BERT's `[CLS]` and `[SEP]`. Default true. */
  readonly addSpecial?: boolean;
  /** `addSpecial` under the name it had when T5's `</s>` was the only one; `addSpecial` goes before it. */
  readonly addEos?: boolean;
  /** Most ids, special tokens included; a longer text loses its last pieces, never a special token. */
  readonly maxLength?: number;
}

/** Options of `Tokenizer.encodePair`. */
export type EncodePairOptions = Pick<EncodeOptions, "addSpecial" | "maxLength">;

/** Options of `Tokenizer.encodeContinuation`. */
export interface EncodeContinuationOptions {
  /** Most ids of the context, special tokens included; a longer one loses its left end, never a special token. */
  readonly maxLength?: number;
  /** Most ids of the continuation; a longer one loses its right end. */
  readonly maxContinuationLength?: number;
}

/** Options of `Tokenizer.decode`. */
export interface DecodeOptions {
  /** Leaves out padding, beginning and end of sequence, unknown and every other special token. Default true. */
  readonly skipSpecial?: boolean;
}

/** One or two texts as one sequence. */
export interface EncodedPair {
  /** Length `tokens`. */
  readonly ids: number[];
  /** Length `tokens`: 0 or 1, what BERT calls token type ids. */
  readonly segments: number[];
}

/** A context and what follows it. */
export interface EncodedContinuation {
  readonly context: number[];
  /** At least one id. */
  readonly continuation: number[];
}

/** Text to piece ids and back. */
export interface Tokenizer {
  /** Number of ids, 0 to `vocabularySize - 1`; a model's embedding may have more rows. */
  readonly vocabularySize: number;
  /**
   * The id that fills rows of a batch. A byte-pair tokenizer without one, such as Llama's, gives `eosId`: padding is
   * masked, so its id only has to have a row in the embedding.
   */
  readonly padId: number;
  /** The id that ends a text: the end of sequence, or BERT's `[SEP]`. */
  readonly eosId: number;
  /** The id that begins a text; null where the tokenizer has none. Whether `encode` adds it is the tokenizer's choice. */
  readonly bosId: number | null;
  /** The id of what is no piece; null where every byte is one. */
  readonly unknownId: number | null;
  /** Ids of the sentinels `<extra_id_0>`, `<extra_id_1>`, ... in that order; empty where there are none. */
  readonly sentinelIds: readonly number[];
  /** @throws RangeError for a `maxLength` that is no integer or leaves no room for the special tokens */
  encode(text: string, options?: EncodeOptions): number[];
  /**
   * One text, or two as one sequence, with special tokens and segments as the tokenizer's post-processor gives them;
   * segments are all 0 where it gives none, as RoBERTa's.
   *
   * Too long a sequence loses last pieces of the longer text until both are equally long, then of both in turn, as
   * with `truncation="longest_first"` in transformers.
   * @throws RangeError for a `maxLength` that is no integer or leaves no room for the special tokens
   */
  encodePair(first: string, second: string | null, options?: EncodePairOptions): EncodedPair;
  /**
   * A context and its continuation for a decoder, divided as lm-evaluation-harness does (`_encode_pair`).
   *
   * White space at the context's end moves to the continuation. `context` is the context encoded alone, with the
   * special tokens that the tokenizer puts in front. `continuation` is what the encoding of both as one text has after
   * that many ids. Where a piece of the joint text crosses the boundary, the joint encoding does not start with the
   * context's ids; the context keeps its own even so, and the continuation is still the joint encoding from that
   * position on. The two together then spell something else than the text: a continuation that starts with white space
   * avoids this.
   * @throws RangeError for a limit that is no integer or leaves no room, or where no id is left for the continuation
   */
  encodeContinuation(context: string, continuation: string, options?: EncodeContinuationOptions): EncodedContinuation;
  /** @throws RangeError for an id outside the vocabulary */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string;
}
