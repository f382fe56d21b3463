/** Levels of arrays and objects in one another; the deepest of our own files has 8. */
const mostDepth = 200;

/**
 * Parses JSON as `JSON.parse` does, but refuses a text nested more than 200 deep: code that walks such a value by recursion would
 * run out of stack.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  refuseDeep(text);
  return JSON.parse(text);
}

function refuseDeep(text: string): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) inString = !inString;
    else if (inString)
      index += code === 0x5c ? 1 : 0; // a backslash and what it escapes
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > mostDepth)
        throw new SyntaxError(`expected arrays and objects nested at most ${mostDepth} deep, got more`);
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
}
