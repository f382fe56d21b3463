import type { CompletedCommand, CompletedFlag, Place } from "./words.js";

/** The program of fish that completes `program`. */
export function fishScript(program: string, commands: readonly CompletedCommand[]): string {
  const list = `__${program.replace(/\W/g, "_")}_list`;
  return `# Completion of ${program} in fish. Write it anew after an update: ${program} completion fish
function ${list} # words that go on from the last comma
    set -l before (string match -r '^.*,' -- (commandline -ct))
    for word in $argv
        echo "$before$word"
    end
end
complete -c ${program} -f
${commands.map(({ name, help }) => `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(help)}`).join("\n")}
${commands.flatMap((command) => linesOf(program, list, command)).join("\n")}
`;
}

function linesOf(program: string, list: string, { name, flags, argument }: CompletedCommand): string[] {
  const start = `complete -c ${program} -n "__fish_seen_subcommand_from ${name}"`;
  return [
    ...flags.map((flag) => `${start} ${namesOf(flag)}${takes(list, flag)} -d ${quoted(flag.help)}`),
    ...(argument === null ? [] : [`${start} ${offers(list, argument)}`]),
  ];
}

function takes(list: string, { value, isOptional }: CompletedFlag): string {
  return value === null ? "" : `${isOptional ? "" : " -r"} ${offers(list, value)}`;
}

const namesOf = ({ names }: CompletedFlag): string =>
  names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(" ");

function offers(list: string, { words, paths, isList }: Place): string {
  const offered = isList ? `(${list} ${words.join(" ")})` : words.join(" ");
  return [paths === null ? "-f" : "-F", ...(words.length === 0 ? [] : [`-a ${quoted(offered)}`])].join(" ");
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
