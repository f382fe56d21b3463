import { CheckpointError } from "../error.js";
import type { TokenizerDocument } from "./document.js";
import type { SentencePieceModel } from "./sentencepiece-model.js";

/** The piece SentencePiece writes for a space. */
const SPACE = "\u2581";

/** Options of `tokenizer_config.json` that shape the vocabulary. */
interface SentinelOptions {
  /** Number of sentinels `<extra_id_N>` after the model's pieces, the highest N first; T5 has 100. */
  readonly sentinels: number;
}

/**
 * Converts a SentencePiece unigram model (protobuf) into the form of a `tokenizer.json`: normaliser, whitespace
 * rules, pieces with scores, and T5's closing `</s>` and sentinels.
 *
 * A model with `add_dummy_prefix`, `remove_extra_whitespaces` and `escape_whitespaces`, none of whose pieces crosses a
 * space, segments each word for itself; others are refused.
 * @throws CheckpointError E_TOKENIZER_INVALID
 */
export function tokenizerDocument(
  file: string,
  model: SentencePieceModel,
  options: SentinelOptions,
): TokenizerDocument {
  const { pieces, trainerSpec, normalizerSpec } = model;
  refuseUnsupported(file, model);
  const vocabulary: [string, number][] = pieces.map(({ piece, score }) => [piece, score]);
  for (let n = options.sentinels - 1; n >= 0; n--) vocabulary.push([`<extra_id_${n}>`, 0]);

  const special = vocabulary.flatMap(([content], id) => {
    const type = pieces[id]?.type ?? "CONTROL";
    return type === "CONTROL" || type === "UNKNOWN" || type === "USER_DEFINED" ? [{ id, content, type }] : [];
  });
  const end = pieces[trainerSpec.eosId]?.piece;
  const closing = end === undefined ? [] : [{ SpecialToken: { id: end, type_id: 0 } }];
  const single = [{ Sequence: { id: "A", type_id: 0 } }, ...closing];
  const ids = end === undefined ? {} : { [end]: { id: end, ids: [trainerSpec.eosId], tokens: [end] } };
  const charsmap = Buffer.from(normalizerSpec.precompiledCharsmap).toString("base64");
  return {
    added_tokens: special.map(({ id, content, type }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: type !== "USER_DEFINED",
    })),
    normalizer: charsmap === "" ? null : { type: "Precompiled", precompiled_charsmap: charsmap },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { String: " " }, behavior: "Removed", invert: false },
        { type: "Metaspace", replacement: SPACE, prepend_scheme: "always", split: true },
      ],
    },
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: [...single, { Sequence: { id: "B", type_id: 0 } }, ...closing],
      special_tokens: ids,
    },
    decoder: { type: "Metaspace", replacement: SPACE, prepend_scheme: "always", split: true },
    model: { type: "Unigram", unk_id: trainerSpec.unkId, vocab: vocabulary, byte_fallback: false },
  };
}

function refuseUnsupported(file: string, { pieces, trainerSpec, normalizerSpec }: SentencePieceModel): void {
  const crossing = pieces.find(({ piece }) => piece.lastIndexOf(SPACE) > 0)?.piece;
  const reasons = [
    trainerSpec.modelType !== "UNIGRAM" && `model type ${trainerSpec.modelType}`,
    trainerSpec.byteFallback && "byte_fallback",
    trainerSpec.treatWhitespaceAsSuffix && "treat_whitespace_as_suffix",
    !normalizerSpec.addDummyPrefix && "no add_dummy_prefix",
    !normalizerSpec.removeExtraWhitespaces && "no remove_extra_whitespaces",
    !normalizerSpec.escapeWhitespaces && "no escape_whitespaces",
    pieces[trainerSpec.unkId]?.type !== "UNKNOWN" && `unk_id ${trainerSpec.unkId}, which is not the unknown piece`,
    crossing !== undefined && `a piece that crosses a space: "${crossing}"`,
  ].filter((reason) => reason !== false);
  if (reasons.length === 0) return;
  throw new CheckpointError("E_TOKENIZER_INVALID", {
    file,
    expected: "a SentencePiece unigram model with T5's whitespace rules",
    got: reasons.join(", "),
    remedy: "convert it to tokenizer.json and put that beside it",
  });
}
