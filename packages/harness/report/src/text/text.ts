import { printable } from "@petl/files/printable";

/** `text` on one line, whatever its length, with control and bidirectional-override characters as escapes such as `\u001b`. */
export function cleanText(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}

/** `text` as literal Markdown: safe in a table cell, a heading or a list item. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_[\]|~$#]/g, "\\$&");
}

/** A file name part of a-z, 0-9 and "-". */
export function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || "x"
  );
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\uff01-\uff60]|\ufe0f/u;

/** Columns `text` takes in a terminal: 2 for an emoji or an East Asian character, 1 for another grapheme. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length; // most are, and segmenting is slow
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** A copy of plain data with `change` applied to every string value; other objects (class instances) stay as they are. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change)) as T;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)])) as T;
}

/** A clause as the beginning of a sentence. */
export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
