import { createHash } from "node:crypto";
import { ResultsError } from "./errors.js";

/** The last lines of a sealed file: nothing but the checksum follows the record. */
const seal = /^,\n {2}"sha256": "([0-9a-f]{64})"\n\}\n$/;
const sealLength = ',\n  "sha256": "'.length + 64 + '"\n}\n'.length;

/**
 * The text of a record's file: JSON indented by two spaces whose last field is the SHA-256 of the text before it,
 * `sha256(text up to ',\\n  "sha256"')`. Any language can check it without parsing numbers.
 */
export function sealRecord(record: object): string {
  const body = JSON.stringify(record, null, 2).replace(/\n\}$/, "");
  return `${body},\n  "sha256": "${digest(body)}"\n}\n`;
}

/** Whether the text carries a checksum. @throws ResultsError E_RECORD_CHECKSUM where it does and is not that of the text */
export function checkSeal(text: string, file: string): boolean {
  const end = text.length - sealLength;
  const found = seal.exec(text.slice(Math.max(0, end)));
  if (found === null) return false;
  if (digest(text.slice(0, end)) === found[1]) return true;
  throw new ResultsError(
    "E_RECORD_CHECKSUM",
    `${file}: expected the record as it was written, got one with another checksum: it was changed or damaged; delete it to run it again`,
    { file },
  );
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
