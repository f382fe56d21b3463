import type { CommandName, Field, Fields, Overridable, Sweep } from "./setting.js";

/** A setting as the flag of a command. */
export interface SettingFlag {
  readonly key: string;
  /** `--batch-size <n>`. */
  readonly flags: string;
  readonly field: Field<unknown>;
  /** The key of the setting that this one cannot be given with; null: none. */
  readonly excludes: string | null;
  /** @throws SettingError */
  parse(text: string): unknown;
  show(value: unknown): string;
}

/** The flag of a key: `--batch-size` of `batchSize`. */
export const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The flags that a command takes of a table, in the table's order. */
export function flagsOf(table: Fields, command: CommandName): SettingFlag[] {
  return Object.entries(table)
    .filter(([, { commands }]) => commands.includes(command))
    .map(([key, field]) => {
      const kind = command === "glue" && "suiteKind" in field ? (field as Sweep<unknown>).suiteKind : field.kind;
      const flags = `${flagName(key)} ${kind.placeholder}`;
      return {
        ...{ key, flags, field },
        excludes: (field as Partial<Overridable<unknown>>).overriddenBy ?? null,
        parse: (text) => kind.parse(text),
        show: (value) => (value === null ? field.unset : kind.show(value)),
      };
    });
}
