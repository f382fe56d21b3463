/** Options of `Tokenizer.encode`. */
export interface EncodeOptions {
  /** Appends the end-of-sequence id. Default true. */
  readonly addEos?: boolean;
  /** Most ids, the end of sequence included; a longer text loses its last pieces, not its end of sequence. */
  readonly maxLength?: number;
}

/** Options of `Tokenizer.decode`. */
export interface DecodeOptions {
  /** Leaves out padding, end of sequence, unknown and sentinels. Default true. */
  readonly skipSpecial?: boolean;
}

/** Text to piece ids and back. */
export interface Tokenizer {
  /** Number of ids, 0 to `vocabularySize - 1`; a model's embedding may have more rows. */
  readonly vocabularySize: number;
  readonly padId: number;
  readonly eosId: number;
  readonly unknownId: number;
  /** Ids of the sentinels `<extra_id_0>`, `<extra_id_1>`, ... in that order; empty where there are none. */
  readonly sentinelIds: readonly number[];
  /** @throws RangeError for a `maxLength` that is no integer >= 1 */
  encode(text: string, options?: EncodeOptions): number[];
  /** @throws RangeError for an id outside the vocabulary */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string;
}
