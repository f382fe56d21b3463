import { execa } from "execa";
import { ClusterError } from "../errors.js";

const timeoutS = 60;
/** The whole queue of a large cluster as JSON: Slurm 22.05 prints 4.5 kB a job and ignores `--jobs`. */
const mostOutput = 400e6;

/**
 * What one of Slurm's commands prints on stdout.
 *
 * @throws ClusterError E_COMMAND_MISSING; E_COMMAND_FAILED with its stderr on one line
 */
export async function runCommand(name: string, args: readonly string[], missingRemedy = ""): Promise<string> {
  const result = await execa(name, args, {
    // Slurm cuts lists of indices at 64 characters unless told otherwise.
    env: { LC_ALL: "C", SLURM_BITSTR_LEN: "0" },
    stdin: "ignore",
    reject: false,
    timeout: timeoutS * 1000,
    maxBuffer: mostOutput,
  });
  if (result.code === "ENOENT")
    throw new ClusterError(
      "E_COMMAND_MISSING",
      `${name}: not found; run this where Slurm's commands are${missingRemedy}`,
    );
  if (result.timedOut) throw failed(`${name}: expected an answer within ${timeoutS} s, got none; try again later`);
  if (result.failed) throw failed(named(name, result.stderr.trim() || result.shortMessage || "failed without a word"));
  return result.stdout;
}

/** Most of Slurm's errors begin with the command's name. */
const named = (name: string, text: string): string => (text.startsWith(`${name}: `) ? text : `${name}: ${text}`);

const failed = (message: string): ClusterError => new ClusterError("E_COMMAND_FAILED", message);
