export { appendJsonLine } from "./append-json-line.js";
export { FileError, type FileErrorCode } from "./error.js";
export { makeDirectory } from "./make-directory.js";
export { checkRegular, openRegular } from "./open-regular.js";
export { parseJson } from "./parse-json.js";
export { readBytes, readText } from "./read-bounded.js";
export { readTextOrNull } from "./read-text.js";
export { type Contents, writeWhole, writeWholeSync } from "./write-whole.js";
