import type { Argument, Command, Option } from "commander";

/** What may stand in one place of a command line. */
export interface Place {
  /** Words to offer. */
  readonly words: readonly string[];
  /** Whether files or folders go there too. */
  readonly paths: "file" | "folder" | null;
  /** Whether words are joined by commas. */
  readonly isList: boolean;
}

export interface CompletedFlag {
  /** `--help`, and `-h` where there is one. */
  readonly names: readonly string[];
  readonly help: string;
  /** What follows the flag; null: nothing does. */
  readonly value: Place | null;
  /** Whether the flag may stand without it. */
  readonly isOptional: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly help: string;
  readonly flags: readonly CompletedFlag[];
  /** What stands without a flag; null: nothing does. */
  readonly argument: Place | null;
}

/** The words of a flag or an argument, by its name in camel case, where the program's own tree does not have them. */
export type NamedWords = Readonly<Record<string, readonly string[]>>;

/** Words that a shell takes as they are, without quotes; others are left out. */
const isPlain = (word: string): boolean => /^[\w./:+@-]+$/.test(word);

/** Every command of a program that its help shows, with its flags and what they take. */
export function completedCommands(program: Command, named: NamedWords): CompletedCommand[] {
  const help = program.createHelp();
  return help.visibleCommands(program).flatMap((command) =>
    [command.name(), ...command.aliases()].map((name) => ({
      name,
      help: firstSentence(command.summary() || command.description()),
      flags: help.visibleOptions(command).map((option) => flagOf(option, named)),
      argument: argumentOf(command.registeredArguments[0], named),
    })),
  );
}

function flagOf(option: Option, named: NamedWords): CompletedFlag {
  const { flags, short, long, required, optional: isOptional, argChoices, description } = option;
  const names = [short, long].filter((name) => name !== undefined);
  const name = option.attributeName();
  const value = required || isOptional ? placeOf(name, flags, argChoices ?? named[name]) : null;
  return { names, help: firstSentence(description), value, isOptional };
}

function argumentOf(argument: Argument | undefined, named: NamedWords): Place | null {
  if (argument === undefined) return null;
  const name = argument.name();
  return placeOf(name, `<${name}>`, argument.argChoices ?? named[name]);
}

/** A name such as `backbone`, or a placeholder such as `<dir>` or `<a,b>`, says what a value is. */
function placeOf(name: string, syntax: string, words: readonly string[] = []): Place {
  const placeholder = /<(.*)>/.exec(syntax)?.[1] ?? "";
  const isFolder = /^(backbone|out)$/.test(name) || /dir|command/.test(placeholder);
  const paths = /file|table/.test(placeholder) ? "file" : isFolder ? "folder" : null;
  return { words: words.filter(isPlain), paths, isList: placeholder === "a,b" };
}

/** The beginning of a help text, up to what a terminal's line holds. */
function firstSentence(text: string): string {
  const [first = ""] = text.split(/[;(]|\. /);
  return first.trim().slice(0, 70);
}
