import { createHash } from "node:crypto";
import { ResultsError } from "./errors.js";

/** The last lines of a sealed file: nothing but the checksum follows the record. */
const seal = /,\n {2}"sha256": "([0-9a-f]{64})"\n\}\n$/;

/**
 * A record as the text of its file, two spaces deep, with the SHA-256 of all that stands before it as its last field:
 * `sha256(text up to ',\\n  "sha256"')`, so that any language can check it without parsing numbers.
 */
export function sealRecord(record: object): string {
  const body = JSON.stringify(record, null, 2).replace(/\n\}$/, "");
  return `${body},\n  "sha256": "${digest(body)}"\n}\n`;
}

/** Whether the text carries a checksum. @throws ResultsError E_RECORD_CHECKSUM where it does and is not that of the text */
export function checkSeal(text: string, file: string): boolean {
  const found = seal.exec(text);
  if (found === null) return false;
  if (digest(text.slice(0, found.index)) === found[1]) return true;
  throw new ResultsError(
    "E_RECORD_CHECKSUM",
    `${file}: expected the record that was written, got one with another checksum: it was changed or damaged since; delete it to run it again`,
    { file },
  );
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
