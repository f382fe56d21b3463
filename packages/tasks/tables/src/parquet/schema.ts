import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { parquetSchema } from "hyparquet";
import { isListLike } from "hyparquet/src/schema.js";
import { checkNames } from "../columns.js";
import { quote, TableError } from "../errors.js";
import { claim } from "./damage.js";

const mostElements = 20_000;

/** A column as Parquet stores it: one of the values at the ends of the schema's tree. */
export interface Leaf {
  readonly path: readonly string[];
  readonly schemaPath: readonly SchemaTree[];
  readonly element: SchemaElement;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

export interface TopColumn {
  readonly name: string;
  readonly tree: SchemaTree;
  readonly leaves: readonly Leaf[];
}

/** Logical types and older converted types whose values become cells; undefined is none. */
const readable = {
  BOOLEAN: [undefined],
  INT32: [undefined, "INTEGER", "INT_8", "INT_16", "INT_32", "UINT_8", "UINT_16", "UINT_32", "DATE", "NULL"],
  INT64: [undefined, "INTEGER", "INT_64", "UINT_64", "TIMESTAMP", "TIMESTAMP_MILLIS", "TIMESTAMP_MICROS"],
  FLOAT: [undefined],
  DOUBLE: [undefined],
  BYTE_ARRAY: ["STRING", "UTF8", "ENUM", "JSON"],
  FIXED_LEN_BYTE_ARRAY: ["FLOAT16", "UUID"],
} as const satisfies Readonly<Record<string, readonly (string | undefined)[]>>;

/**
 * The columns of a Parquet file.
 * @throws {TableError} `E_TABLE_COLUMNS`, `E_TABLE_TYPE` for binary, decimal, map and other values that are no cells; {Damage}
 */
export function topColumns(metadata: FileMetaData, file: string): TopColumn[] {
  claim(metadata.schema.length <= mostElements, "its schema is too large");
  const root = parquetSchema(metadata);
  claim(root.count === metadata.schema.length, "its schema is no tree");
  checkNames(
    root.children.map(({ element }) => element.name),
    file,
  );
  return root.children.map((tree) => ({ name: tree.element.name, tree, leaves: leavesOf([root, tree], file) }));
}

function leavesOf(schemaPath: readonly SchemaTree[], file: string): Leaf[] {
  const tree = schemaPath.at(-1)!;
  const { element, children } = tree;
  const name = tree.path[0]!;
  const refuse = (got: string) => {
    const remedy = "remove or convert the column";
    const expected = "text, numbers, true and false, times, lists and structs of these";
    return new TableError("E_TABLE_TYPE", `column ${quote(name)} cannot be read`, { file, expected, got, remedy });
  };
  claim(element.repetition_type !== undefined, "its schema has a column of unknown repetition");
  if (element.repetition_type === "REPEATED" && !isListLike(schemaPath.at(-2)!))
    throw refuse("a repeated value outside a list");
  if (children.length > 0) {
    const kind = element.logical_type?.type ?? element.converted_type;
    const isList = isListLike(tree);
    if (kind === "LIST" ? !isList : kind !== undefined && kind !== "NULL") throw refuse(String(kind).toLowerCase());
    if (!isList) checkStruct(children, refuse);
    return children.flatMap((child) => leavesOf([...schemaPath, child], file));
  }
  claim(element.type !== undefined, "its schema has a column of unknown type");
  const allowed: readonly (string | undefined)[] = Object.hasOwn(readable, element.type)
    ? readable[element.type as keyof typeof readable]
    : [];
  const kind = element.logical_type?.type ?? element.converted_type;
  if (!allowed.includes(kind)) throw refuse(kind?.toLowerCase() ?? binaryOr(element.type));
  const below = schemaPath.slice(1).map((node) => node.element.repetition_type);
  return [
    {
      path: tree.path,
      schemaPath,
      element,
      maxDefinition: below.filter((type) => type !== "REQUIRED").length,
      maxRepetition: below.filter((type) => type === "REPEATED").length,
    },
  ];
}

function checkStruct(children: readonly SchemaTree[], refuse: (got: string) => TableError): void {
  const names = children.map(({ element }) => element.name);
  if (names.includes("__proto__")) throw refuse("a struct with the key __proto__");
  if (new Set(names).size < names.length) throw refuse("a struct with two keys of the same name");
}

function binaryOr(type: string): string {
  return type.endsWith("BYTE_ARRAY") ? "binary" : type;
}
