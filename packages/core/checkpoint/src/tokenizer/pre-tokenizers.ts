import { z } from "zod";
import { byteLevelPreTokenizer, compilePattern } from "./engine.js";

/** Divides a text into the words that a model then divides into pieces; `isStart` where the text starts there. */
export type PreTokenizer = (text: string, isStart: boolean) => string[];

const behaviors = ["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
type Behavior = (typeof behaviors)[number];

const behavior = z.enum(behaviors);
const pattern = z.union([z.strictObject({ Regex: z.string() }), z.strictObject({ String: z.string() })]);
const preTokenizer = z.discriminatedUnion("type", [
  z.object({ type: z.literal("BertPreTokenizer") }),
  z.object({ type: z.literal("Whitespace") }),
  z.object({ type: z.literal("WhitespaceSplit") }),
  z.object({ type: z.literal("Punctuation"), behavior: behavior.default("Isolated") }),
  z.object({ type: z.literal("Digits"), individual_digits: z.boolean().default(false) }),
  z.object({ type: z.literal("Split"), pattern, behavior, invert: z.boolean().default(false) }),
  z.object({
    type: z.literal("ByteLevel"),
    add_prefix_space: z.boolean().default(true),
    use_regex: z.boolean().default(true),
  }),
  z.object({
    type: z.literal("Metaspace"),
    replacement: z.string().default("\u2581"),
    add_prefix_space: z.boolean().optional(),
    prepend_scheme: z.enum(["always", "first", "never"]).optional(),
    split: z.boolean().default(true),
  }),
  z.object({
    type: z.literal("Sequence"),
    get pretokenizers() {
      return z.array(preTokenizer);
    },
  }),
]);
type Description =
  | Exclude<z.infer<typeof preTokenizer>, { type: "Sequence" }>
  | { type: "Sequence"; pretokenizers: Description[] };

const whiteSpace = /\p{White_Space}+/gu;
const punctuation = /[\p{P}!-/:-@[-`{-~]/gu;
const word =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/**
 * Makes the pre-tokenizer that a `tokenizer.json` describes. Throws where it is malformed or of another type.
 *
 * Hugging Face `tokenizers` 0.23, `src/pre_tokenizers` and `NormalizedString::split`.
 */
export function createPreTokenizer(description: unknown): PreTokenizer {
  return build(preTokenizer.parse(description));
}

function build(description: Description): PreTokenizer {
  switch (description.type) {
    case "BertPreTokenizer":
      return (text) => split(text, whiteSpace, "Removed").flatMap((part) => split(part, punctuation, "Isolated"));
    case "Whitespace":
      return (text) => text.match(word) ?? [];
    case "WhitespaceSplit":
      return (text) => split(text, whiteSpace, "Removed");
    case "Punctuation":
      return (text) => split(text, punctuation, description.behavior);
    case "Digits": {
      const kind = description.individual_digits ? "Isolated" : "Contiguous";
      return (text) => split(text, /\p{N}/gu, kind);
    }
    case "Split": {
      const compiled = compilePattern(description.pattern);
      return (text) => split(text, compiled, description.behavior, description.invert);
    }
    case "ByteLevel":
      return byteLevelPreTokenizer(description);
    case "Metaspace":
      return metaspace(description);
    case "Sequence": {
      const steps = description.pretokenizers.map(build);
      return (text, isStart) =>
        steps.reduce(
          (words, step) => words.flatMap((each, n) => step(each, isStart && n === 0 && text.startsWith(each))),
          [text],
        );
    }
  }
}

function metaspace(description: Extract<Description, { type: "Metaspace" }>): PreTokenizer {
  const { replacement, add_prefix_space: addsPrefix = true, split: splits } = description;
  const scheme = description.prepend_scheme ?? (addsPrefix ? "always" : "never");
  const compiled = compilePattern({ String: replacement });
  return (text, isStart) => {
    const replaced = text.replaceAll(" ", replacement);
    const prepends = scheme === "always" || (scheme === "first" && isStart);
    const whole = prepends && !replaced.startsWith(replacement) ? replacement + replaced : replaced;
    return splits ? split(whole, compiled, "MergedWithNext") : [whole];
  };
}

/** Splits a text at the matches of a global pattern, or at what lies between them; empty parts are left out. */
function split(text: string, separator: RegExp, kind: Behavior, invert = false): string[] {
  const parts: { text: string; separates: boolean }[] = [];
  let end = 0;
  const add = (until: number, separates: boolean) => {
    if (until > end) parts.push({ text: text.slice(end, until), separates });
    end = Math.max(end, until);
  };
  for (const { 0: match, index } of text.matchAll(separator)) {
    add(index, invert);
    add(index + match.length, !invert);
  }
  add(text.length, invert);
  if (kind === "Removed") return parts.filter(({ separates }) => !separates).map((part) => part.text);
  if (kind === "MergedWithNext") parts.reverse();
  const joined: string[] = [];
  parts.forEach((part, n) => {
    const previous = parts[n - 1]?.separates;
    const joins =
      kind === "Contiguous" ? previous === part.separates : kind !== "Isolated" && part.separates && previous === false;
    if (!joins) joined.push(part.text);
    else if (kind === "MergedWithNext") joined.push(part.text + joined.pop()!);
    else joined.push(joined.pop()! + part.text);
  });
  return kind === "MergedWithNext" ? joined.reverse() : joined;
}
