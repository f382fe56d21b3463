import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * The flags of a program whose opening comment says what it does and takes; `--help` prints that comment. A flag that is not one of
 * them ends the program with one line and the exit code 2.
 *
 * @template {import("node:util").ParseArgsConfig} Config
 * @param {string} url the program's `import.meta.url`
 * @param {Config} config as `parseArgs` takes it
 * @returns {ReturnType<typeof parseArgs<Config>>}
 */
export function programFlags(url, config) {
  const program = fileURLToPath(url);
  try {
    const parsed = parseArgs({ ...config, options: { ...config.options, help: { type: "boolean" } } });
    if (parsed.values.help !== true) return parsed;
  } catch (error) {
    const [what] = error.message.split(". ");
    console.error(`${basename(program, ".mjs")}: ${what}; --help says what can be given`);
    process.exit(2);
  }
  console.log(openingComment(readFileSync(program, "utf8")));
  process.exit(0);
}

/** The lines of comment that a program begins with, without their marks. */
function openingComment(source) {
  const lines = source.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ""))
    .join("\n");
}
