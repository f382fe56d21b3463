import type { z } from "zod";
import type { Fields, Overridable, Setting, Settings, Sweep, ValueOf, ValuesOf } from "./setting.js";

type SuiteValue<Each> = Each extends Sweep<infer Value> ? Value | Value[] : ValueOf<Each>;
type RecordValue<Each> = Each extends Overridable<infer Value> ? Value | null : ValueOf<Each>;
type Schema<Value> = z.ZodType<Value, Value>;

/** The fields of a suite for a table: those with a default may be left out. */
export type SuiteShape<Table extends Fields> = {
  [Key in keyof Table]: Table[Key] extends { readonly default: unknown }
    ? z.ZodDefault<Schema<SuiteValue<Table[Key]>>>
    : Schema<SuiteValue<Table[Key]>>;
};

export type OptionalShape<Table extends Fields> = { [Key in keyof Table]: z.ZodOptional<Schema<ValueOf<Table[Key]>>> };
export type RecordShape<Table extends Settings> = {
  [Key in keyof Table]: z.ZodDefault<Schema<RecordValue<Table[Key]>>>;
};

/** What a record has of a table's settings. */
export type RecordedValues<Table extends Settings> = { [Key in keyof Table]: RecordValue<Table[Key]> };

/** A table as fields of a suite. */
export function suiteShape<Table extends Fields>(table: Table): SuiteShape<Table> {
  return mapTable(table, (field) => {
    const { schema } = "suiteKind" in field ? (field as Sweep<unknown>).suiteKind : field.kind;
    return "default" in field ? schema.default(field.default as never) : schema;
  }) as SuiteShape<Table>;
}

/** A table as fields that may be left out, where something else says what they are then. */
export function optionalShape<Table extends Fields>(table: Table): OptionalShape<Table> {
  return mapTable(table, ({ kind }) => kind.schema.optional()) as OptionalShape<Table>;
}

/** A table as fields of a record: one that is absent has what runs had before the entry existed. */
export function recordShape<Table extends Settings>(table: Table): RecordShape<Table> {
  return mapTable(table, (field) => {
    const setting = field as Setting<unknown>;
    const before = setting.earlier === undefined ? setting.default : setting.earlier.value;
    const { schema } = setting.kind;
    return ("overriddenBy" in setting ? schema.nullable() : schema).default(before as never);
  }) as RecordShape<Table>;
}

/** Values as an older record has them, under the names that the entries of a table have now. */
export function renamed<Given>(table: Settings, given: Given): Given {
  if (typeof given !== "object" || given === null) return given;
  const values = given as Given & Readonly<Record<string, unknown>>;
  const earlier = Object.entries(table).flatMap(([key, { earlier }]) =>
    earlier === undefined || key in values || !(earlier.name in values) ? [] : [[key, values[earlier.name]]],
  );
  return { ...values, ...Object.fromEntries(earlier) };
}

/** The default of every setting. */
export function defaultsOf<Table extends Settings>(table: Table): ValuesOf<Table> {
  return mapTable(table, (setting) => (setting as Setting<unknown>).default) as ValuesOf<Table>;
}

function mapTable(table: Fields, of: (field: Fields[string]) => unknown): object {
  return Object.fromEntries(Object.entries(table).map(([key, field]) => [key, of(field)]));
}
