import { bashScript } from "./bash.js";
import type { CompletedCommand } from "./words.js";

/** The program of zsh: that of bash, which zsh runs itself. */
export function zshScript(program: string, commands: readonly CompletedCommand[]): string {
  const script = bashScript(program, commands).replaceAll("completion bash", "completion zsh");
  return `autoload -Uz compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
${script}`;
}
