import { decodeCharsmap } from "./charsmap.js";
import { createEngine, type Engine, isUnigram, precompiledNormalizers } from "./engine.js";
import type { DecodeOptions, EncodeOptions, Tokenizer } from "./tokenizer.js";
import { unigramSegmenter } from "./unigram.js";

/** The texts of the special pieces a model needs. */
interface SpecialPieces {
  readonly pad: string;
  readonly eos: string;
  readonly unknown: string;
}

/**
 * A tokenizer described by `tokenizer.json`, run by `@huggingface/tokenizers` with two of its parts replaced: the
 * library approximates SentencePiece's precompiled normaliser by NFKC, and its unigram search takes several times as
 * long. Throws a plain Error where the description cannot be used.
 */
export class PretrainedTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly padId: number;
  readonly eosId: number;
  readonly unknownId: number;
  readonly sentinelIds: readonly number[];
  readonly #engine: Engine;
  readonly #special: ReadonlySet<number>;

  constructor(document: object, special: SpecialPieces) {
    this.#engine = createEngine(document);
    replaceCharsmaps(this.#engine);
    replaceUnigramSearch(this.#engine);
    this.vocabularySize = 1 + [...this.#engine.get_vocab().values()].reduce((most, id) => Math.max(most, id), -1);
    this.padId = this.#idOf(special.pad);
    this.eosId = this.#idOf(special.eos);
    this.unknownId = this.#idOf(special.unknown);
    this.sentinelIds = this.#sentinels();
    const added = [...this.#engine.get_added_tokens_decoder().values()].filter((token) => token.special);
    this.#special = new Set([this.padId, this.eosId, this.unknownId, ...added.map((token) => token.id)]);
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const { addEos = true, maxLength } = options;
    const { ids } = this.#engine.encode(text, { add_special_tokens: false });
    if (maxLength !== undefined) {
      if (!Number.isInteger(maxLength) || maxLength < 1) {
        throw new RangeError(`maxLength: expected an integer from 1, got ${maxLength}`);
      }
      const room = addEos ? maxLength - 1 : maxLength;
      if (ids.length > room) ids.length = room;
    }
    if (addEos) ids.push(this.eosId);
    return ids;
  }

  decode(ids: ArrayLike<number>, options: DecodeOptions = {}): string {
    const { skipSpecial = true } = options;
    const kept = Array.from(ids).filter((id) => {
      if (!Number.isInteger(id) || id < 0 || id >= this.vocabularySize) {
        throw new RangeError(`decode: expected ids from 0 to ${this.vocabularySize - 1}, got ${id}`);
      }
      return !skipSpecial || !this.#special.has(id);
    });
    return kept.length === 0 ? "" : this.#engine.decode(kept);
  }

  #idOf(piece: string): number {
    const id = this.#engine.token_to_id(piece);
    if (id === undefined) throw new Error(`no piece "${piece}", a special token of its tokenizer_config.json or of T5`);
    return id;
  }

  #sentinels(): number[] {
    const ids: number[] = [];
    for (;;) {
      const id = this.#engine.token_to_id(`<extra_id_${ids.length}>`);
      if (id === undefined) return ids;
      ids.push(id);
    }
  }
}

function replaceCharsmaps(engine: Engine): void {
  for (const normalizer of precompiledNormalizers(engine.normalizer)) {
    const { precompiled_charsmap: charsmap } = normalizer.config;
    if (typeof charsmap !== "string") throw new Error("a Precompiled normalizer without precompiled_charsmap");
    normalizer.normalize = decodeCharsmap(Buffer.from(charsmap, "base64"));
  }
}

function replaceUnigramSearch({ model }: Engine): void {
  if (!isUnigram(model)) return;
  const { vocab, unk_id: unknownId } = model.config;
  const pieces = vocab.map(([piece]) => piece);
  model.fuse_unk = false; // done by the segmenter, word by word as in the Rust library
  model.tokenize = unigramSegmenter(
    pieces,
    vocab.map(([, score]) => score),
    unknownId,
  );
}
