import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/** The page's script lies in `dist`, which is beside `src`, so this address is right from both. */
const file = new URL("../../dist/page.js", import.meta.url);
let known: { readonly script: string; readonly hash: string } | undefined;

/** The bundled script of the page and its hash for the page's security policy. Throws where the package was not built. */
export function pageScript(): { readonly script: string; readonly hash: string } {
  if (known) return known;
  if (!existsSync(file))
    throw new Error(`${file.pathname}: expected the script of the report page, found no file; run "pnpm build" first`);
  const script = readFileSync(file, "utf8").replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--").trim();
  known = { script, hash: `sha256-${createHash("sha256").update(script).digest("base64")}` };
  return known;
}

/** JSON that cannot end or change the script element it stands in. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
