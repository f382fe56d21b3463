import { z } from "zod";
import { type Kind, SettingError } from "./kind.js";
import { parts } from "./kinds/lists.js";

/** The commands that take settings as flags. */
export type CommandName = "glue" | "plan" | "eval" | "submit";

/** A heading of `bench glue --help`. */
export type Group =
  | "What runs"
  | "How methods are compared"
  | "How it is trained"
  | "What is kept of a frozen backbone"
  | "Where it runs";

/** A value that commands take as a flag and a suite as a field. */
export interface Field<Value> {
  readonly kind: Kind<Value>;
  /** What `--help` says: one sentence without a period. */
  readonly help: string;
  readonly group: Group;
  readonly commands: readonly CommandName[];
  /** What `--help` says in place of `none` where the value is null. */
  readonly unset: string;
}

/** One setting: everything that suites, run ids, records, flags, help and reports need to know of it. */
export interface Setting<Value> extends Field<Value> {
  /** Used where nothing is given, and where an older record lacks the field and `earlier` is absent. */
  readonly default: Value;
  /** Where an older record has the value, and what runs had before there was any setting for it. */
  readonly earlier?: { readonly name: string; readonly value: Value };
  /** What a report calls it. */
  readonly label: string;
  /**
   * Whether a result or a cost depends on it, so that two runs that differ in it only are different runs. `unless default`: also, and runs
   * from before there was the setting are those with its default.
   */
  readonly identity: boolean | "unless default";
}

/** Fields or settings by key; the key is the field in suites and records, and in kebab-case the flag. */
export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of a table. */
export type ValuesOf<Table extends Fields> = { readonly [Key in keyof Table]: ValueOf<Table[Key]> };

/** The value of one field. */
export type ValueOf<Each> = Each extends Field<infer Value> ? Value : never;

/** The part of an entry that may be left out. */
interface Usual {
  /** Default: `bench glue` only. */
  readonly commands?: readonly CommandName[];
  /** Default: `none`. */
  readonly unset?: string;
}

type FieldEntry<Value> = Pick<Field<Value>, "kind" | "help"> & Usual;
type SettingEntry<Value> = FieldEntry<Value> & {
  readonly default: NoInfer<Value>;
  readonly label: string;
  readonly earlier?: { readonly name: string; readonly value: NoInfer<Value> };
  /** Default: true. */
  readonly identity?: Setting<Value>["identity"];
};

/** A maker of the fields under one heading of `--help`. */
export function fieldsIn(group: Group): <Value>(entry: FieldEntry<Value>) => Field<Value> {
  return (entry) => ({ commands: ["glue"], unset: "none", group, ...entry });
}

/** A maker of the settings under one heading of `--help`. */
export function settingsIn(group: Group): <Value>(entry: SettingEntry<Value>) => Setting<Value> {
  return (entry) => ({ identity: true, commands: ["glue"], unset: "none", group, ...entry });
}

/** A field with the value it has where a suite leaves it out. */
export type Defaulted<Value> = Field<Value> & { readonly default: Value };

/** Gives a field a default; without one a suite must have it. */
export function withDefault<Value>(value: NoInfer<Value>, field: Field<Value>): Defaulted<Value> {
  return { ...field, default: value };
}

/** A setting that has no effect where `by`, another of the table, is not null; a record then has null for it. */
export type Overridable<Value> = Setting<Value> & { readonly overriddenBy: string };

/** Marks a setting as overridden where another one is given. */
export function overriddenBy<Value>(by: string, setting: Setting<Value>): Overridable<Value> {
  return { ...setting, overriddenBy: by };
}

/** A setting of which a suite may give several values: every run is repeated with each. */
export type Sweep<Value> = Setting<Value> & { readonly suiteKind: Kind<Value | Value[]> };

/** Lets a suite give several values of a setting; on the command line they are separated by commas. */
export function sweep<Value>(setting: Setting<Value>): Sweep<Value> {
  const { kind } = setting;
  const schema = z.union([kind.schema, z.array(kind.schema).min(1)]);
  const suiteKind: Kind<Value | Value[]> = {
    schema: schema as z.ZodType<Value | Value[], Value | Value[]>,
    placeholder: kind.placeholder.replace(">", ",...>"),
    parse(text) {
      const values = parts(text).map((part) => kind.parse(part));
      if (values.length === 0) throw new SettingError("values separated by commas", text);
      return values.length === 1 ? values[0]! : values;
    },
    show: (value) => (Array.isArray(value) ? value.map((each) => kind.show(each)).join(",") : kind.show(value)),
  };
  return { ...setting, suiteKind };
}
