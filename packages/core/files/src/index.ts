export { appendJsonLine } from "./append-json-line.js";
export { type FolderKind, type FolderOwner, folderOwner, markFile, markFolder } from "./folder-mark.js";
export { mayReplace } from "./generated-file.js";
export { makeDirectory } from "./make-directory.js";
export { readTextOrNull } from "./read-text.js";
export { isSameOrBelow } from "./same-or-below.js";
export { type Contents, isTemporaryName, writeWhole, writeWholeSync } from "./write-whole.js";
