import { format } from "node:util";
import { printableLines } from "@petl/files";

/** The colours this program paints with, which harm nobody whoever wrote them. */
const escapeCharacter = "\u001b";
const colours = new RegExp(`(${escapeCharacter}\\[(?:1|22|31|32|33|39)m)`);

/**
 * A text for a stream: what a terminal would act on, such as an escape sequence in a GPU's name or a server's answer, becomes visible,
 * apart from line feeds, tabs and, on a terminal, this program's own colours.
 */
export function terminalText(text: string, { isTTY }: { readonly isTTY?: boolean }): string {
  if (isTTY !== true || process.env.NO_COLOR) return printableLines(text);
  return text
    .split(colours)
    .map((part, index) => (index % 2 === 0 ? printableLines(part) : part))
    .join("");
}

/** Lets everything that goes through `console` pass {@link terminalText}, whoever calls it. */
export function guardConsole(): void {
  const { log, error } = console;
  console.log = (...values) => log(terminalText(format(...values), process.stdout));
  console.info = console.log;
  console.error = (...values) => error(terminalText(format(...values), process.stderr));
  console.warn = console.error;
}
