import { isAbsolute, join } from "node:path";
import { printable } from "@petl/files";
import { ClusterError } from "../errors.js";
import { checkWholeNumber } from "../whole-number.js";
import type { SlurmArray } from "./array-ranges.js";
import { afterAny, checkJobId } from "./job-id.js";
import { filenamePattern, shellWord } from "./quoting.js";
import { checkSbatchOption, directive, type SbatchOption } from "./sbatch-option.js";

/** One array of runs as a job of Slurm. */
export interface SlurmJob {
  /** What the queue shows. */
  readonly name: string;
  /** The output folder, absolute. Its `logs` must exist before the job starts: Slurm makes no folder and fails the task. */
  readonly out: string;
  /** Where the script will be, for the line that says how to submit it again. */
  readonly file: string;
  /** The program and its first words: what stands before `work OUT --run INDEX`. */
  readonly command: readonly [string, ...string[]];
  /** Words after `--run INDEX`. */
  readonly workOptions?: readonly string[];
  readonly array: SlurmArray;
  /** Most tasks at once; without it Slurm starts as many as fit. */
  readonly concurrent?: number;
  /** How long before the time limit the bench gets SIGUSR2 to save its state and be requeued, in seconds (default 90). */
  readonly signalSeconds?: number;
  readonly options?: readonly SbatchOption[];
  /** The user's lines of shell that run first, such as `module load`. */
  readonly setUp?: readonly string[];
  /** Jobs that must have ended before, however they ended. */
  readonly dependency?: readonly string[];
}

/** The folder of the tasks' logs, `%A_%a.log` each. */
export const logFolder = (out: string): string => join(out, "logs");

/**
 * The bash script that sbatch takes for `job`: task i of the array becomes `COMMAND work OUT --run I`.
 *
 * The bench replaces the shell (`exec`), so that the signal before the time limit reaches it. Every word is quoted, whatever is in it.
 *
 * @throws ClusterError E_JOB_INVALID for an output folder that is not absolute, a number out of range, an option of sbatch that is
 * not its own to set, or a set-up line that is several
 */
export function slurmScript(job: SlurmJob): string {
  check(job);
  const { setUp = [], options = [] } = job;
  const pattern = filenamePattern(logFolder(job.out));
  return [
    "#!/bin/bash",
    ...heading(job),
    ...directives(job, pattern).map(directive),
    ...options.map(directive),
    "",
    ...(setUp.length === 0 ? ["set -euo pipefail"] : ["set -eo pipefail"]),
    ...(pattern === null ? ownLog(job.out) : []),
    ...(setUp.length === 0
      ? []
      : ["", "# Set-up, as given", ...setUp, "", "set -u # not before: many set-ups read unset variables"]),
    "",
    ...(job.array.offset === 0
      ? []
      : [`# Slurm's indices end below its MaxArraySize: run = task + ${job.array.offset}`]),
    "# The bench takes the shell's place, to which Slurm sends its signal",
    `exec ${workCommand(job)}`,
    "",
  ].join("\n");
}

function heading({ name, array, file, dependency = [] }: SlurmJob): string[] {
  const after = dependency.length === 0 ? "" : `--dependency=${afterAny(dependency)} `;
  return [
    `# ${printable(name, longestName)}: ${array.count} ${array.count === 1 ? "run" : "runs"}, one a task. Written by petl-bench.`,
    `# Submit again with: sbatch ${after}${shellWord(file)}`,
    "# A run that is done ends at once; one that was interrupted goes on from its saved state.",
  ];
}

/** Slurm refuses names above 1024 bytes; a queue shows far fewer characters. */
const longestName = 100;

function directives({ name, array, concurrent, signalSeconds = 90 }: SlurmJob, pattern: string | null): SbatchOption[] {
  const throttle = concurrent === undefined ? "" : `%${concurrent}`;
  return [
    { name: "job-name", value: printable(name, longestName) },
    { name: "array", value: `${array.ranges}${throttle}` },
    { name: "output", value: pattern === null ? "/dev/null" : `${pattern}/%A_%a.log` },
    { name: "open-mode", value: "append" },
    { name: "requeue", value: null },
    { name: "signal", value: `B:USR2@${signalSeconds}` },
  ];
}

/** For a folder that Slurm's file names cannot hold. */
function ownLog(out: string): string[] {
  const file = `${shellWord(logFolder(out))}"/\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}.log"`;
  return ["", "# Slurm's --output cannot name this folder", `exec >>${file} 2>&1`];
}

function workCommand({ command, out, array, workOptions = [] }: SlurmJob): string {
  const index = array.offset === 0 ? '"$SLURM_ARRAY_TASK_ID"' : `"$((SLURM_ARRAY_TASK_ID + ${array.offset}))"`;
  const program = command.map(shellWord).join(" ");
  return [program, "work", shellWord(out), "--run", index, ...workOptions.map(shellWord)].join(" ");
}

function check({ out, array, concurrent, signalSeconds, options = [], setUp = [], dependency = [] }: SlurmJob): void {
  if (!isAbsolute(out)) throw invalid(`output folder: expected an absolute path, got ${JSON.stringify(out)}`);
  checkWholeNumber("tasks of an array", array.count, 1, Number.MAX_SAFE_INTEGER);
  if (concurrent !== undefined) checkWholeNumber("tasks at once", concurrent, 1, 1e6);
  if (signalSeconds !== undefined) checkWholeNumber("seconds from signal to time limit", signalSeconds, 1, 65_535);
  for (const option of options) checkSbatchOption(option);
  for (const line of setUp)
    if (/(?!\t)\p{Cc}/u.test(line))
      throw invalid(`set-up line: expected one line, got ${JSON.stringify(line)}; pass each line on its own`);
  for (const id of dependency) checkJobId(id);
}

const invalid = (message: string): ClusterError => new ClusterError("E_JOB_INVALID", message);
