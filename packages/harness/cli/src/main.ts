#!/usr/bin/env node
import { reportError } from "./exit.js";
import { createProgram } from "./program.js";

process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") process.exit(0); // the reader, such as head, has seen enough
});

let exitCode = 0;
const program = createProgram((code) => {
  exitCode = code;
});
try {
  await program.parseAsync();
} catch (error) {
  exitCode = reportError(error);
}
process.exitCode = exitCode;
