import { trimEnd, words } from "../words.js";

/**
 * Words as sacrebleu's tokenizer 13a finds them, that of WMT's script mteval-v13a: ASCII punctuation stands alone, but apostrophes
 * and hyphens stay, and so do dots and commas between digits; a hyphen after a digit stands alone; four XML entities are read.
 */
export function tokenize13a(text: string): string[] {
  const line = trimEnd(text).replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  return words(
    ` ${withoutEntities(line)} `
      .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
      .replace(/([^0-9])([.,])/gu, "$1 $2 ")
      .replace(/([.,])([^0-9])/gu, " $1 $2")
      .replace(/([0-9])-/g, "$1 - "),
  );
}

/** One after the other, as in the script: `&amp;lt;` becomes `<`. */
function withoutEntities(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
}
