export { appendJsonLine } from "./append-json-line.js";
export { freeBytes } from "./free-bytes.js";
export { LockError, type LockOptions, withLock } from "./lock.js";
export { makeDirectory } from "./make-directory.js";
export { printable, printableLines } from "./printable.js";
export type { ProcessIdentity } from "./process-identity.js";
export { readTextOrNull } from "./read-text.js";
export { type Contents, writeWhole, writeWholeSync } from "./write-whole.js";
