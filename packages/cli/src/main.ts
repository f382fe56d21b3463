#!/usr/bin/env node
import { type ExitCode, reportError } from "./exit.js";
import { createProgram } from "./program.js";

let exitCode: ExitCode = 0;
const program = createProgram((code) => {
  exitCode = code;
});
try {
  await program.parseAsync();
} catch (error) {
  exitCode = reportError(error);
}
process.exitCode = exitCode;
