import type { RecordedValues } from "./schemas.js";
import type { Overridable, Setting, Settings, ValuesOf } from "./setting.js";

/** The values as they had effect: one that another overrides is null. */
export function recordedValues<Table extends Settings>(table: Table, values: ValuesOf<Table>): RecordedValues<Table> {
  const given = values as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(table).map(([key, setting]) => {
      const { overriddenBy } = setting as Partial<Overridable<unknown>>;
      return [key, overriddenBy !== undefined && given[overriddenBy] !== null ? null : given[key]];
    }),
  ) as RecordedValues<Table>;
}

/** The values of a table that an object has among others; the default of each that is absent or that another overrides. */
export function valuesIn<Table extends Settings>(table: Table, given: object): ValuesOf<Table> {
  return Object.fromEntries(
    Object.entries(table).map(([key, setting]) => {
      const value = (given as Readonly<Record<string, unknown>>)[key];
      const isLeftOut = value === undefined || (value === null && "overriddenBy" in setting);
      return [key, isLeftOut ? (setting as Setting<unknown>).default : value];
    }),
  ) as ValuesOf<Table>;
}

type Given<Values> = { readonly [Key in keyof Values]?: Values[Key] | undefined };

/** The values of an object over those of another; one that is given is not overridden by what lies below. */
export function valuesOver<Values extends object>(table: Settings, below: Values, given: Given<Values>): Values {
  const own = Object.entries(given).filter(([, value]) => value !== undefined);
  const freed = own.flatMap(([key]) => {
    const { overriddenBy } = (table[key] ?? {}) as Partial<Overridable<unknown>>;
    return overriddenBy === undefined ? [] : [[overriddenBy, null]];
  });
  return { ...below, ...Object.fromEntries([...freed, ...own]) };
}

/** The part of recorded values that tells runs apart. */
export function tellingValues(table: Settings, recorded: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(recorded).filter(([key]) => table[key]?.identity !== false));
}

/** The same for run ids: without a default that runs had before there was the setting, so that their ids stay what they were. */
export function identityValues(table: Settings, recorded: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tellingValues(table, recorded)).filter(
      ([key, value]) => table[key]?.identity !== "unless default" || value !== table[key].default,
    ),
  );
}
