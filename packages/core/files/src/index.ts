export { appendJsonLine } from "./append-json-line.js";
export { makeDirectory } from "./make-directory.js";
export { oneLine } from "./one-line.js";
export { readTextOrNull } from "./read-text.js";
export { type Contents, writeWhole, writeWholeSync } from "./write-whole.js";
