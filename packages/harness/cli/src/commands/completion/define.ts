import { Argument, type Command } from "commander";
import type { ExitCode } from "../../exit.js";
import type { Shell } from "./run.js";

const shells: readonly Shell[] = ["bash", "zsh", "fish"];

/** Declares `bench completion`. */
export function defineCompletion(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("completion")
    .summary("a shell's completion of commands, flags and their values")
    .description(
      "Prints the program with which a shell completes petl-bench: commands, flags, and the names of methods, tasks, backbones, presets and devices that are there now.",
    )
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(shells))
    .addHelpText(
      "after",
      `
Examples:
  petl-bench completion bash > ~/.local/share/bash-completion/completions/petl-bench
  petl-bench completion zsh > ~/.petl-bench.zsh && echo 'source ~/.petl-bench.zsh' >> ~/.zshrc
  petl-bench completion fish > ~/.config/fish/completions/petl-bench.fish

Write it anew after an update. petl-bench must be on the PATH: npm install --global petl-bench.`,
    )
    .action(async (shell: Shell) => {
      const { printCompletion } = await import("./run.js");
      finish(await printCompletion(program, shell));
    });
}
