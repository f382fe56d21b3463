export type { ExitCode } from "./exit.js";
export { createProgram } from "./program.js";
