// Enough of JavaScript's grammar to distinguish comments, strings and regular expressions; TypeScript 7 has no parser API.
const pieces =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=(?:^|[=(,:?!&|;{}[]|\breturn)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\//g;

/** The source with each comment replaced by blanks; offsets and lines do not change. */
export function withoutComments(text) {
  return text.replace(pieces, (piece) => (/^\/[/*]/.test(piece) ? piece.replace(/[^\n]/g, " ") : piece));
}

/** String and template literals as `{ value, index }`, without quotes. */
export function stringLiterals(text) {
  return [...text.matchAll(pieces)]
    .filter(([piece]) => /^["'`]/.test(piece))
    .map((match) => ({ value: match[0].slice(1, -1), index: match.index }));
}

/** Imported packages (statically, dynamically, for types or re-exported) as `{ specifier, index }`, without relative imports. */
export function importedSpecifiers(text) {
  const imports = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"'.#/][^"']*)["']/g;
  return [...withoutComments(text).matchAll(imports)].map((match) => ({ specifier: match[1], index: match.index }));
}

/** 1-based line of an offset. */
export function lineOf(text, index) {
  return text.slice(0, index).split("\n").length;
}

/** Relative specifiers of all files a source imports. */
export function importedFiles(text) {
  const imports = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']/g;
  return [...withoutComments(text).matchAll(imports)].map((match) => match[1]);
}
