import type { Example, Task } from "@petl/task";
import { BenchError } from "../errors.js";

/** Characters of one line at most: a hundred times what a backbone reads. */
const longestLine = 1 << 20;

/** Lines of a stream of UTF-8 as they arrive, at most `most` at once; nothing is waited for while lines are at hand. */
export async function* lineBatches(input: AsyncIterable<Uint8Array | string>, most: number): AsyncGenerator<string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [rest, taken] = ["", 0];
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw badLine(taken + 1, "text in UTF-8", "bytes that are none, in it or in a line behind it", { cause });
    }
  };
  for await (const chunk of input) {
    const lines = (rest + (typeof chunk === "string" ? chunk : decode(chunk))).split("\n");
    rest = lines.pop()!;
    for (let start = 0; start < lines.length; start += most) {
      const batch = lines.slice(start, start + most);
      taken += batch.length;
      yield batch;
    }
    if (rest.length > longestLine)
      throw badLine(taken + 1, `at most ${longestLine.toLocaleString("en-US")} characters`, "more");
  }
  rest += decode();
  if (rest !== "") yield [rest];
}

/**
 * A line as an example of a task: a JSON object with its fields, others left out; or plain text, the fields in order with a tab between
 * them.
 *
 * @throws BenchError E_TEXT_INVALID with the line's number
 */
export function exampleOf(line: string, number: number, { fields }: Pick<Task, "fields">): Example {
  const text = line.replace(/\r$/, "");
  const sentences = text.startsWith("{") ? fromObject(text, number, fields) : fromText(text, number, fields);
  return { index: number - 1, label: undefined, sentences };
}

function fromObject(text: string, number: number, fields: readonly string[]): Record<string, string> {
  let values: Readonly<Record<string, unknown>>;
  try {
    values = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw badLine(number, "a JSON object, since it begins with {", (cause as Error).message, { cause });
  }
  return Object.fromEntries(
    fields.map((field) => {
      const value = Object.hasOwn(values, field) ? values[field] : undefined;
      if (typeof value === "string") return [field, value];
      const got = value === undefined ? Object.keys(values).join(", ") || "no field" : JSON.stringify(value);
      throw badLine(number, `a text as ${field}`, got);
    }),
  );
}

function fromText(text: string, number: number, fields: readonly string[]): Record<string, string> {
  const expected =
    fields.length === 1
      ? `one text, ${fields[0]}, without a tab`
      : `${fields.length} texts, ${fields.join(" and ")}, with a tab between them`;
  if (text.trim() === "") throw badLine(number, expected, "an empty line");
  const parts = text.split("\t");
  if (parts.length !== fields.length) throw badLine(number, expected, String(parts.length));
  return Object.fromEntries(fields.map((field, index) => [field, parts[index]!]));
}

function badLine(number: number, expected: string, got: string, options?: ErrorOptions): BenchError {
  return new BenchError("E_TEXT_INVALID", `line ${number}: expected ${expected}, got ${got}`, options);
}
