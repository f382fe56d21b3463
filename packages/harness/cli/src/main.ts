#!/usr/bin/env node
import { guardEnding, guardStreams, reportError } from "./exit.js";
import { createProgram } from "./program.js";
import { guardConsole } from "./terminal/guard-console.js";

guardConsole();

const streams = guardStreams();
const ended = guardEnding();
process.on("uncaughtException", (error) => process.exit(reportError(error))); // unhandled rejections too

async function main(): Promise<number> {
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
  return exitCode;
}

// No top-level await: Node would end with code 13 and a warning where something never settles.
main().then((exitCode) => {
  ended();
  streams.exitWith(exitCode);
});
