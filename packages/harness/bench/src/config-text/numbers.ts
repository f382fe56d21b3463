import { parseJson } from "@petl/files";

/** Strings and numbers of JSON, numbers in a group of their own. */
const stringsAndNumbers = /"(?:\\.|[^"\\])*"|(-?\d[\d.eE+-]*)/g;
/** Before a number that is kept as text. */
const mark = "\u0001";
const markedNumbers = /"\\u0001([^"]*)"/g;

/** Fields of JSON whose numbers `jsonText` writes as they are written here: transformers refuses `1` where it expects `1.0`. */
export function fieldsWithNumbers(text: string): Readonly<Record<string, unknown>> {
  const marked = text.replace(stringsAndNumbers, (word, number?: string) =>
    number === undefined ? word : JSON.stringify(mark + number),
  );
  return parseJson(marked) as Readonly<Record<string, unknown>>;
}

/** Fields as indented JSON that ends with a line feed. */
export const jsonText = (fields: object): string => `${JSON.stringify(fields, null, 2).replace(markedNumbers, "$1")}\n`;

/** Fields as `jsonText` writes them, each number as `original` writes the same one in a field of the same name. */
export function jsonTextAs(fields: object, original: string): string {
  const known = new Map<string, string>();
  const note = (name: string, value: unknown): void => {
    if (typeof value === "string" && value.startsWith(mark)) known.set(name, value);
    else if (typeof value === "object" && value !== null) for (const each of Object.entries(value)) note(...each);
  };
  note("", fieldsWithNumbers(original));
  const written = (name: string, value: unknown): unknown =>
    typeof value === "number" && Number(known.get(name)?.slice(mark.length)) === value ? known.get(name) : value;
  return jsonText(JSON.parse(JSON.stringify(fields, written)) as object);
}
