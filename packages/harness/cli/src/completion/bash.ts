import type { CompletedCommand, Place } from "./words.js";

/** The program of bash that completes `program`; `zsh` runs it too, through its bashcompinit. */
export function bashScript(program: string, commands: readonly CompletedCommand[]): string {
  const own = `_${program.replace(/\W/g, "_")}`;
  return `# Completion of ${program} in bash. Write it anew after an update: ${program} completion bash
${own}_words() { # WORDS, or with commas: those that go on from the last comma
  local before=""
  if [ "$1" = list ]; then case "$current" in *,*) before="\${current%,*}," ;; esac; fi
  COMPREPLY+=($(compgen -P "$before" -W "$2" -- "\${current#"$before"}"))
}
${own}_paths() { # file or folder
  local path kind=-f
  if [ "$1" = folder ]; then kind=-d; fi
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$kind" -- "$current")
}
${own}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$current" = "=" ]; then current=""; elif [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${own}_words one "${commands.map(({ name }) => name).join(" ")} --help --version"
    return
  fi
  case "$current" in -*) previous="" ;; esac # not the value of a flag
  case "$command $previous" in
${commands.flatMap((command) => valueCases(own, command)).join("\n")}
  esac
  case "$command" in
${commands.map((command) => flagCase(own, command)).join("\n")}
  esac
}
complete -F ${own} ${program}
`;
}

function valueCases(own: string, { name, flags }: CompletedCommand): string[] {
  return flags.flatMap(({ names, value }) =>
    value === null
      ? []
      : [`    ${names.map((flag) => `"${name} ${flag}"`).join("|")}) ${offers(own, value).join("; ")}; return ;;`],
  );
}

function flagCase(own: string, { name, flags, argument }: CompletedCommand): string {
  const names = flags.flatMap((flag) => flag.names.filter((each) => each.startsWith("--")));
  const others = argument === null ? ":" : offers(own, argument).join("; ");
  return `    ${name}) case "$current" in -*) ${own}_words one "${names.join(" ")}" ;; *) ${others} ;; esac ;;`;
}

function offers(own: string, { words, paths, isList }: Place): string[] {
  const offered = [
    ...(words.length === 0 ? [] : [`${own}_words ${isList ? "list" : "one"} "${words.join(" ")}"`]),
    ...(paths === null ? [] : [`${own}_paths ${paths}`]),
  ];
  return offered.length === 0 ? [":"] : offered;
}
