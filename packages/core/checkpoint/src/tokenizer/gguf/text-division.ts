import { z } from "zod";
import type { TokenizerDocument } from "../document.js";

/** How a GGUF file names the way in which a tokenizer divides texts. */
export interface TextDivision {
  /** `tokenizer.ggml.model`: `gpt2` for byte-level byte pairs, `llama` for those over spaces written as pieces. */
  readonly model: "gpt2" | "llama";
  /** `tokenizer.ggml.pre`. */
  readonly pre: string;
  /** Whether a text gets a space before it. */
  readonly addSpacePrefix: boolean;
}

const space = "\u2581";
const byteLevel = z.object({
  type: z.literal("ByteLevel"),
  add_prefix_space: z.literal(false),
  use_regex: z.boolean().default(true),
});
const digits = z.object({ type: z.literal("Digits"), individual_digits: z.literal(true) });
const split = z.object({
  type: z.literal("Split"),
  pattern: z.object({ Regex: z.string() }),
  behavior: z.literal("Isolated"),
  invert: z.literal(false).default(false),
});
const metaspace = z.object({
  type: z.literal("Metaspace"),
  replacement: z.literal(space),
  prepend_scheme: z.enum(["first", "always", "never"]),
  split: z.literal(false),
});
const prepended = z.object({ type: z.literal("Prepend"), prepend: z.literal(space) });
const replaced = z.object({
  type: z.literal("Replace"),
  pattern: z.object({ String: z.literal(" ") }),
  content: z.literal(space),
});
const composed = z.object({ type: z.literal("NFC") });

/** The expressions that name a way of dividing texts, by `ignore_merges`. https://github.com/ggml-org/llama.cpp */
const words = (numbers: string): string =>
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${numbers}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const named: readonly (readonly [expression: string, ignoresMerges: boolean, pre: string])[] = [
  [words(String.raw`\p{N}{1,3}`), true, "llama-bpe"],
  [words(String.raw`\p{N}{1,3}`), false, "dbrx"],
  [words(String.raw`\p{N}`), false, "qwen2"],
];

/** The division of a byte-pair tokenizer; undefined where GGUF has no name for it that is known here. */
export function textDivision(document: TokenizerDocument): TextDivision | undefined {
  const { model } = document;
  if (model.type !== "BPE") return undefined;
  return byteLevelDivision(document, model.ignore_merges ?? false) ?? spacedDivision(document, model);
}

function byteLevelDivision(
  { normalizer, pre_tokenizer }: TokenizerDocument,
  ignoresMerges: boolean,
): TextDivision | undefined {
  if (normalizer !== null && !composed.safeParse(normalizer).success) return undefined;
  const steps = stepsOf(pre_tokenizer, "pretokenizers");
  const last = byteLevel.safeParse(steps.at(-1));
  if (!last.success || steps.length > 2) return undefined;
  const division = (pre: string): TextDivision => ({ model: "gpt2", pre, addSpacePrefix: false });
  if (last.data.use_regex) {
    if (ignoresMerges) return undefined;
    if (steps.length === 1) return division("gpt-2");
    return digits.safeParse(steps[0]).success ? division("smollm") : undefined;
  }
  const first = split.safeParse(steps[0]);
  if (!first.success) return undefined;
  const known = named.find(([text, ignores]) => text === first.data.pattern.Regex && ignores === ignoresMerges);
  return known && division(known[2]);
}

function spacedDivision(
  { normalizer, pre_tokenizer }: TokenizerDocument,
  model: { readonly byte_fallback?: boolean | undefined; readonly ignore_merges?: boolean | undefined },
): TextDivision | undefined {
  if (model.byte_fallback !== true || model.ignore_merges === true) return undefined;
  const division = (addSpacePrefix: boolean): TextDivision => ({ model: "llama", pre: "default", addSpacePrefix });
  if (normalizer === null) {
    const spaces = metaspace.safeParse(pre_tokenizer);
    return spaces.success ? division(spaces.data.prepend_scheme !== "never") : undefined;
  }
  const steps = stepsOf(normalizer, "normalizers");
  const prepends = prepended.safeParse(steps[0]).success;
  const isWhole = steps.length === (prepends ? 2 : 1) && replaced.safeParse(steps.at(-1)).success;
  return isWhole && pre_tokenizer === null ? division(prepends) : undefined;
}

/** The parts of a sequence, or what is none as its only part. */
function stepsOf(description: unknown, parts: "pretokenizers" | "normalizers"): readonly unknown[] {
  const sequence = z.object({ type: z.literal("Sequence"), [parts]: z.array(z.unknown()) }).safeParse(description);
  return sequence.success ? (sequence.data[parts] as unknown[]) : [description];
}
