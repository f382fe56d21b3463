import { ClusterError } from "../errors.js";
import { directiveValue } from "./quoting.js";

/** An option of sbatch such as `gres` with `gpu:a100:1`; `value` is null for one that takes none, such as `exclusive`. */
export interface SbatchOption {
  /** The long name, without dashes. */
  readonly name: string;
  readonly value: string | null;
}

/** Options that hold a job and its runs together, and those with which sbatch would do something else than submit the script. */
const ours = new Set(
  (
    "array dependency error input job-name open-mode output requeue no-requeue signal wrap " +
    "chdir export help parsable quiet test-only usage verbose version wait"
  ).split(" "),
);

/**
 * The option in `name`, `name=value` or `--name=value`.
 *
 * @throws ClusterError E_JOB_INVALID
 */
export function parseSbatchOption(text: string): SbatchOption {
  const [, name = "", value = null] = /^(?:--)?([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const option = { name, value };
  checkSbatchOption(option);
  return option;
}

/** The `#SBATCH` line of an option. @throws ClusterError E_JOB_INVALID */
export function directive({ name, value }: SbatchOption): string {
  return value === null ? `#SBATCH --${name}` : `#SBATCH --${name}=${directiveValue(name, value)}`;
}

/** @throws ClusterError E_JOB_INVALID for a name that is no long option of sbatch, or is one that the script sets itself */
export function checkSbatchOption({ name, value }: SbatchOption): void {
  if (!/^[a-z][a-z-]*$/.test(name))
    throw new ClusterError(
      "E_JOB_INVALID",
      `option of sbatch: expected a long name and a value, such as mem=16G, got ${JSON.stringify(name)}`,
    );
  if (ours.has(name))
    throw new ClusterError(
      "E_JOB_INVALID",
      `option of sbatch: expected one that the job leaves open, got ${name}, which the job script sets; leave it out`,
    );
  if (value !== null) directiveValue(name, value);
}
