#!/usr/bin/env node
import { reportError } from "./exit.js";
import { createProgram } from "./program.js";
import { guardConsole } from "./terminal/guard-console.js";

guardConsole();

process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") process.exit(0); // the reader, such as head, has seen enough
});

let exitCode = 0;
const program = createProgram((code) => {
  exitCode = code;
});
try {
  const [first, ...rest] = process.argv.slice(2);
  if (rest.length === 0 && (first === "--version" || first === "-V")) {
    const { versionText } = await import("./version.js");
    console.log(await versionText());
  } else await program.parseAsync();
} catch (error) {
  exitCode = reportError(error);
}
process.exitCode = exitCode;
