import type { RecordedValues } from "./schemas.js";
import type { Overridable, Settings, ValuesOf } from "./setting.js";

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

/** The part of recorded values that tells runs apart. */
export function identityValues(table: Settings, recorded: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(recorded).filter(([key]) => table[key] === undefined || table[key].identity),
  );
}
