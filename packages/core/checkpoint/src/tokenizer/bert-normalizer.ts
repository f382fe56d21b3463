import { z } from "zod";

const options = z.object({
  clean_text: z.boolean().default(true),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean().default(true),
});

const kept = new Set(["\t", "\n", "\r"]);
const invisible = /[\ufffd\p{Cc}\p{Cf}\p{Co}]/gu;
const whiteSpace = /\p{White_Space}/gu;
/** Ideographs of Chinese, Japanese and Korean; the block from U+2B820 starts at U+2B920, as in the Rust library. */
const ideographs =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const accents = /\p{Mn}/gu;

/**
 * BERT's normaliser: removes control characters, makes every white space a space, puts spaces around ideographs,
 * removes accents and lower-cases, each where its `tokenizer.json` says so.
 *
 * Hugging Face `tokenizers` 0.23, `src/normalizers/bert.rs`, on a newer Unicode: characters that were assigned since
 * its Unicode tables may differ. Throws where the description is malformed.
 */
export function createBertNormalizer(description: unknown): (text: string) => string {
  const { clean_text, handle_chinese_chars, strip_accents, lowercase } = options.parse(description);
  const steps: ((text: string) => string)[] = [];
  if (clean_text) {
    steps.push((text) =>
      text.replace(invisible, (character) => (kept.has(character) ? character : "")).replace(whiteSpace, " "),
    );
  }
  if (handle_chinese_chars) steps.push((text) => text.replace(ideographs, " $& "));
  if (strip_accents ?? lowercase) steps.push((text) => text.normalize("NFD").replace(accents, ""));
  if (lowercase) steps.push(lowerCase);
  return (text) => steps.reduce((current, step) => step(current), text);
}

/** Lower-cases character by character: unlike `toLowerCase`, a sigma at a word's end is one as any other. */
export function lowerCase(text: string): string {
  return text.includes("\u03a3")
    ? Array.from(text, (character) => character.toLowerCase()).join("")
    : text.toLowerCase();
}
