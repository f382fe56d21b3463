import { type CommandName, type Fields, flagsOf, type SettingFlag } from "@petl/settings";
import { type Command, Option } from "commander";
import { argument } from "./parse-arguments.js";

/** Adds the flags that a command takes of a table; `defaultOf` says what happens without the flag. */
export function addSettings(
  command: Command,
  name: CommandName,
  table: Fields,
  defaultOf: (flag: SettingFlag) => string,
): void {
  const flags = flagsOf(table, name);
  for (const flag of flags) {
    const { flags: syntax, field, excludes } = flag;
    const option = new Option(syntax, `${field.help} (default: ${defaultOf(flag)})`).argParser(argument(flag));
    if (excludes !== null && flags.some(({ key }) => key === excludes)) option.conflicts(excludes);
    command.addOption(option);
    if (field.kind.schema.safeParse(null).success)
      command.on(`option:${option.name()}`, (text: string) => {
        // commander takes a parser's null for no value at all
        if (flag.parse(text) === null) command.setOptionValueWithSource(flag.key, null, "cli");
      });
  }
}
