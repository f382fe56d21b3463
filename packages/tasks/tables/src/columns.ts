import { count, quote, quoteAll, TableError } from "./errors.js";
import type { Column } from "./table.js";

const mostColumns = 10_000;

/** Refuses names that are empty, repeated or `__proto__`, and tables of no column. @throws {TableError} `E_TABLE_COLUMNS` */
export function checkNames(names: readonly string[], file: string): void {
  const refuse = (what: string, got: string) => {
    const remedy = "give every column a name of its own";
    return new TableError("E_TABLE_COLUMNS", what, { file, expected: "different names", got, remedy });
  };
  if (names.length === 0) throw refuse("the table has no columns", "none");
  if (names.length > mostColumns) {
    const [expected, got] = [`at most ${count(mostColumns)}`, count(names.length)];
    throw new TableError("E_TABLE_COLUMNS", "too many columns", { file, expected, got });
  }
  const empty = names.indexOf("");
  if (empty >= 0) throw refuse(`column ${empty + 1} has no name`, '""');
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw refuse("two columns have the same name", quote(name));
    seen.add(name);
  }
  if (seen.has("__proto__")) throw refuse("a column has a name that JavaScript reserves", '"__proto__"');
}

/** Refuses a file whose columns are not those of the files before it. @throws {TableError} `E_TABLE_COLUMNS` */
export function checkSame(known: readonly Column[], columns: readonly Column[], file: string): void {
  const describe = ({ name, classNames }: Column) => JSON.stringify([name, classNames ?? null]);
  const differ = Math.max(known.length, columns.length) - 1;
  for (let index = 0; index <= differ; index++) {
    const [before, now] = [known[index], columns[index]];
    if (before && now && describe(before) === describe(now)) continue;
    if (before && now && before.name === now.name) {
      const [expected, got] = [classesText(before), classesText(now)];
      throw new TableError("E_TABLE_COLUMNS", `${quote(now.name)} differs from the files before`, {
        file,
        expected,
        got,
      });
    }
    throw new TableError("E_TABLE_COLUMNS", "the columns differ from those of the files before", {
      file,
      expected: quoteAll(known.map(({ name }) => name)),
      got: quoteAll(columns.map(({ name }) => name)),
      remedy: "all files of a table have the same columns in the same order",
    });
  }
}

function classesText({ classNames }: Column): string {
  return classNames === undefined ? "no class names" : `the classes ${quoteAll(classNames)}`;
}
