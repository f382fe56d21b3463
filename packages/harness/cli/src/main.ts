#!/usr/bin/env node
import { guardEnding, guardStreams, reportError } from "./exit.js";
import { createProgram } from "./program.js";

const streams = guardStreams();
const ended = guardEnding();

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
