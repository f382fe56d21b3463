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

/** A table as fields of a record: one that is absent has the entry's default, which is what runs had before it existed. */
export function recordShape<Table extends Settings>(table: Table): RecordShape<Table> {
  return mapTable(table, (setting) =>
    ("overriddenBy" in setting ? setting.kind.schema.nullable() : setting.kind.schema).default(
      (setting as Setting<unknown>).default as never,
    ),
  ) as RecordShape<Table>;
}

/** The default of every setting. */
export function defaultsOf<Table extends Settings>(table: Table): ValuesOf<Table> {
  return mapTable(table, (setting) => (setting as Setting<unknown>).default) as ValuesOf<Table>;
}

function mapTable(table: Fields, of: (field: Fields[string]) => unknown): object {
  return Object.fromEntries(Object.entries(table).map(([key, field]) => [key, of(field)]));
}
