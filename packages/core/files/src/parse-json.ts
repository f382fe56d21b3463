/** Levels that our own files never reach, far below what recursion can walk. */
const deepest = 100;

/** Parses JSON whose nesting other code may walk by recursion. @throws SyntaxError for what is not JSON or is nested deeper than 100 levels */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(text)) throw new SyntaxError(`nested deeper than ${deepest} levels`);
  return value;
}

/** Counts brackets outside strings of a text that is JSON. */
function isDeeper(text: string): boolean {
  let [depth, inString] = [0, false];
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString && character === "\\") index++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === "{" || character === "[") {
      if (++depth > deepest) return true;
    } else if (character === "}" || character === "]") depth--;
  }
  return false;
}
