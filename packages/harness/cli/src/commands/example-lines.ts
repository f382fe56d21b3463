/** Command lines and what each does, for the end of a command's help. */
export function exampleLines(examples: readonly { readonly command: string; readonly does: string }[]): string {
  const width = Math.max(...examples.map(({ command }) => command.length));
  const lines = examples.map(({ command, does }) => `  ${command.padEnd(width)}  # ${does}`);
  return `\nExamples:\n${lines.join("\n")}`;
}
