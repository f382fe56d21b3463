// Enough of JavaScript's grammar to tell comments, strings and regular expressions apart; TypeScript 7 has no parser API.
const pieces =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=(?:^|[=(,:?!&|;{}[]|\breturn)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\//g;

/** The source with each comment replaced by blanks, so that offsets and lines stay. */
export function withoutComments(text) {
  return text.replace(pieces, (piece) => (/^\/[/*]/.test(piece) ? piece.replace(/[^\n]/g, " ") : piece));
}

/** String and template literals as `{ value, index }`, quotes taken off. */
export function stringLiterals(text) {
  return [...text.matchAll(pieces)]
    .filter(([piece]) => /^["'`]/.test(piece))
    .map((match) => ({ value: match[0].slice(1, -1), index: match.index }));
}

/** Packages imported (statically, dynamically, for types or re-exported) as `{ specifier, index }`; relative ones left out. */
export function importedSpecifiers(text) {
  const imports = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"'.#/][^"']*)["']/g;
  return [...withoutComments(text).matchAll(imports)].map((match) => ({ specifier: match[1], index: match.index }));
}

/** 1-based line of an offset. */
export function lineOf(text, index) {
  return text.slice(0, index).split("\n").length;
}

/** Relative specifiers of the files a source imports, in whatever way. */
export function importedFiles(text) {
  const imports = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']/g;
  return [...withoutComments(text).matchAll(imports)].map((match) => match[1]);
}
