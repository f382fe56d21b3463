import type { Command } from "commander";
import { bashScript } from "../../completion/bash.js";
import { fishScript } from "../../completion/fish.js";
import { namedWords } from "../../completion/named-words.js";
import { completedCommands } from "../../completion/words.js";
import { zshScript } from "../../completion/zsh.js";
import type { ExitCode } from "../../exit.js";

/** The name that the completed program has on the PATH. */
const installed = "petl-bench";
const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
export type Shell = keyof typeof scripts;

/** Prints the shell's program, made of the commands as they are declared. */
export async function printCompletion(program: Command, shell: Shell): Promise<ExitCode> {
  process.stdout.write(scripts[shell](installed, completedCommands(program, await namedWords())));
  return 0;
}
