import { createHash } from "node:crypto";

/**
 * A label of RFC 1123 (`[a-z0-9-]`, no dash at either end) of at most `longest` characters for any text.
 *
 * A text that is none already gets eight digits of its SHA-256, so that texts that look alike stay apart.
 */
export function dnsName(text: string, longest: number): string {
  if (text.length <= longest && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text)) return text;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const readable = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longest - digest.length - 1)
    .replace(/^-+|-+$/g, "");
  return [readable || "suite", digest].join("-").slice(-longest);
}
