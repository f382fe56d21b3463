import { createBertNormalizer, lowerCase } from "./bert-normalizer.js";
import { decodeCharsmap } from "./charsmap.js";
import type { TokenizerDocument } from "./document.js";
import {
  byteFallbackDecoders,
  createEngine,
  type Engine,
  isBytePair,
  isUnigram,
  normalizerKind,
  normalizersOf,
} from "./engine.js";
import { createPreTokenizer } from "./pre-tokenizers.js";
import { findSpecialIds, type SpecialIds, type SpecialNames } from "./special-tokens.js";
import {
  bareTemplate,
  closingTemplate,
  fill,
  longestFirst,
  prefixIds,
  readTemplate,
  specialCount,
  specialIds,
  type Template,
} from "./template.js";
import type {
  DecodeOptions,
  EncodeContinuationOptions,
  EncodedContinuation,
  EncodedPair,
  EncodeOptions,
  EncodePairOptions,
  Tokenizer,
} from "./tokenizer.js";
import { unigramSegmenter } from "./unigram.js";

/**
 * A tokenizer described by `tokenizer.json`, run by `@huggingface/tokenizers` with the parts replaced in which its ids
 * differ from those of the Rust library, or that are slow. Throws a plain Error where the description cannot be used.
 */
export class PretrainedTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly padId: number;
  readonly eosId: number;
  readonly bosId: number | null;
  readonly unknownId: number | null;
  readonly sentinelIds: readonly number[];
  readonly #engine: Engine;
  readonly #template: Template;
  readonly #special: ReadonlySet<number>;

  constructor(document: TokenizerDocument, names: SpecialNames) {
    const engine = createEngine(document);
    replaceNormalizers(engine);
    replacePreTokenizer(engine, document.pre_tokenizer);
    replaceModel(engine);
    replaceByteDecoders(engine);
    this.#engine = engine;
    this.vocabularySize = 1 + [...engine.get_vocab().values()].reduce((most, id) => Math.max(most, id), -1);
    const model = { type: document.model.type, unk_token: engine.model.unk_token };
    const ids: SpecialIds = findSpecialIds(names, model, (piece) => engine.token_to_id(piece));
    this.padId = ids.padId;
    this.eosId = ids.eosId;
    this.bosId = ids.bosId;
    this.unknownId = ids.unknownId;
    this.sentinelIds = sentinels(engine);
    this.#template = templateOf(document, this.eosId);
    const added = [...engine.get_added_tokens_decoder().values()].filter((token) => token.special);
    const special = [...Object.values(ids), ...specialIds(this.#template), ...added.map((token) => token.id)];
    this.#special = new Set(special.filter((id) => id !== null));
    const beyond = [...this.#special].find((id) => id >= this.vocabularySize);
    if (beyond !== undefined)
      throw new Error(`a special token of id ${beyond}, beyond its ${this.vocabularySize} pieces`);
  }

  encode(text: string, { addSpecial, addEos, maxLength }: EncodeOptions = {}): number[] {
    const options = { addSpecial: addSpecial ?? addEos ?? true };
    return this.encodePair(text, null, maxLength === undefined ? options : { ...options, maxLength }).ids;
  }

  encodePair(first: string, second: string | null, options: EncodePairOptions = {}): EncodedPair {
    const { addSpecial = true, maxLength } = options;
    const { single, pair } = this.#template;
    const parts = second === null ? single : pair;
    const row = addSpecial ? parts : parts.filter((part) => "text" in part);
    const texts = (second === null ? [first] : [first, second]).map((text) => this.#engine.encode(text).ids);
    if (maxLength !== undefined) {
      const specials = specialCount(row);
      checkLimit("maxLength", maxLength, Math.max(1, specials));
      const lengths = longestFirst(texts[0]!.length, texts[1]?.length ?? 0, maxLength - specials);
      for (const [n, ids] of texts.entries()) ids.length = lengths[n]!;
    }
    return fill(row, texts);
  }

  encodeContinuation(
    context: string,
    continuation: string,
    options: EncodeContinuationOptions = {},
  ): EncodedContinuation {
    const { maxLength, maxContinuationLength } = options;
    const prefix = prefixIds(this.#template);
    if (maxLength !== undefined) checkLimit("maxLength", maxLength, Math.max(1, prefix.length));
    if (maxContinuationLength !== undefined) checkLimit("maxContinuationLength", maxContinuationLength, 1);

    const contextIds = this.#engine.encode(context.trimEnd()).ids;
    const rest = this.#engine.encode(context + continuation).ids.slice(contextIds.length);
    if (rest.length === 0) {
      throw new RangeError(
        `encodeContinuation: expected a continuation that adds ids to those of its context, got ${JSON.stringify(continuation)}`,
      );
    }
    const room = maxLength === undefined ? contextIds.length : maxLength - prefix.length;
    const kept = contextIds.slice(Math.max(0, contextIds.length - room));
    return { context: [...prefix, ...kept], continuation: rest.slice(0, maxContinuationLength) };
  }

  decode(ids: ArrayLike<number>, options: DecodeOptions = {}): string {
    const { skipSpecial = true } = options;
    const kept = Array.from(ids).filter((id) => {
      if (!Number.isInteger(id) || id < 0 || id >= this.vocabularySize) {
        throw new RangeError(`decode: expected ids from 0 to ${this.vocabularySize - 1}, got ${id}`);
      }
      return !(skipSpecial && this.#special.has(id)) && this.#engine.id_to_token(id) !== undefined;
    });
    return kept.length === 0 ? "" : this.#engine.decode(kept);
  }
}

function checkLimit(name: string, limit: number, least: number): void {
  if (Number.isInteger(limit) && limit >= least) return;
  const reason = least > 1 ? ` (the special tokens)` : "";
  throw new RangeError(`${name}: expected an integer from ${least}${reason}, got ${limit}`);
}

/** A unigram tokenizer without a post-processor ends a text as T5's does; no other adds what is not asked for. */
function templateOf(document: TokenizerDocument, eosId: number): Template {
  const written = document.post_processor === null ? undefined : readTemplate(document.post_processor);
  return written ?? (document.model.type === "Unigram" ? closingTemplate(eosId) : bareTemplate);
}

function sentinels(engine: Engine): number[] {
  const ids: number[] = [];
  for (;;) {
    const id = engine.token_to_id(`<extra_id_${ids.length}>`);
    if (id === undefined) return ids;
    ids.push(id);
  }
}

/** The library approximates SentencePiece's charsmap by NFKC, cuts ideographs in two, and lower-cases by context. */
function replaceNormalizers(engine: Engine): void {
  for (const normalizer of normalizersOf(engine.normalizer)) {
    const kind = normalizerKind(normalizer);
    if (kind === "bert") normalizer.normalize = createBertNormalizer(normalizer.config);
    if (kind === "lowercase") normalizer.normalize = lowerCase;
    if (kind === "precompiled") normalizer.normalize = charsmapOf(normalizer.config);
  }
}

function charsmapOf(config: { precompiled_charsmap?: unknown }): (text: string) => string {
  if (typeof config.precompiled_charsmap === "string") {
    return decodeCharsmap(Buffer.from(config.precompiled_charsmap, "base64"));
  }
  throw new Error("a Precompiled normalizer without precompiled_charsmap");
}

/** The library splits no words at spaces that are pieces, knows ASCII digits only, and ignores how a split divides. */
function replacePreTokenizer(engine: Engine, description: unknown): void {
  if (description === null) return;
  const preTokenizer = createPreTokenizer(description);
  engine.pre_tokenizer = (text, { section_index }) => preTokenizer(text, section_index === 0);
}

/** The library's unigram search takes several times as long; of byte pairs it joins unknown pieces across words. */
function replaceModel({ model }: Engine): void {
  if (isUnigram(model)) {
    const { vocab, unk_id: unknownId } = model.config;
    model.fuse_unk = false; // done by the segmenter, word by word as in the Rust library
    model.tokenize = unigramSegmenter(
      vocab.map(([piece]) => piece),
      vocab.map(([, score]) => score),
      unknownId,
    );
  } else if (isBytePair(model)) {
    const divide = model._call.bind(model);
    model._call = remembered((word) => divide([word]));
  }
}

/** Most words, and most characters of each, whose pieces are kept. */
const mostRemembered = 100_000;
const longestRemembered = 64;

/** The pieces of words, one word after the other; those of short words are computed once. */
function remembered(divide: (word: string) => readonly string[]): (words: readonly string[]) => string[] {
  const known = new Map<string, readonly string[]>();
  return (words) =>
    words.flatMap((word) => {
      const pieces = known.get(word) ?? divide(word);
      if (known.size >= mostRemembered) known.clear();
      if (word.length <= longestRemembered) known.set(word, pieces);
      return pieces;
    });
}

/** The library drops U+FEFF; and of bytes that are no UTF-8, the Rust library makes one U+FFFD each. */
function replaceByteDecoders(engine: Engine): void {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decode = (bytes: Uint8Array): string => {
    try {
      return strict.decode(bytes);
    } catch {
      return "\ufffd".repeat(bytes.length);
    }
  };
  for (const decoder of byteFallbackDecoders(engine.decoder)) decoder.text_decoder = { decode };
}
