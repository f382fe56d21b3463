import { fileURLToPath } from "node:url";
import { type Plan, type SharedPlan, sharedPlan, shareOutput } from "@petl/bench";
import type { CodeFlags } from "../code-places.js";
import { UsageError } from "../exit.js";
import { userDirectory } from "../user-directory.js";
import type { EngineFlags } from "./engine-flags.js";

/** A suite that is to run elsewhere. */
export interface HandOver {
  readonly plan: Plan;
  readonly shared: SharedPlan;
  /** The output folder, absolute, which the machines share. */
  readonly out: string;
  /** The runs to do, wave by wave. */
  readonly waves: readonly Wave[];
  readonly flags: HandOverFlags;
  /** Print what would be written, and do nothing. */
  readonly isDry: boolean;
}

/** Runs that may go on at the same time, once all of earlier waves have ended. */
interface Wave {
  /** From 1. */
  readonly wave: number;
  /** Numbers of runs in the plan. */
  readonly numbers: readonly number[];
}

export interface HandOverFlags extends EngineFlags, CodeFlags {
  readonly save?: boolean;
  readonly resume: boolean;
  readonly allowBusy?: boolean;
  readonly dryRun?: boolean;
  readonly log?: readonly string[];
}

/** What is missing of a plan, as another engine gets it; `done` are the places in the plan that are finished. @throws UsageError */
export function handOver(
  plan: Plan,
  out: string,
  done: ReadonlySet<string>,
  { searchOnly, flags }: { readonly searchOnly: boolean; readonly flags: HandOverFlags },
): HandOver {
  if (plan.data === null)
    throw new UsageError(
      "--dry-run: expected GLUE in the cache, as jobs are of a plan with its data, got none; pass --data DIR, or leave --dry-run out to download it",
    );
  const shared = sharedPlan(plan, { directory: userDirectory(), searchOnly });
  const waves = new Map<number, number[]>();
  for (const [number, { slot, wave }] of shared.runs.entries())
    if (!done.has(slot)) waves.set(wave, [...(waves.get(wave) ?? []), number]);
  const inOrder = [...waves].sort(([one], [other]) => one - other).map(([wave, numbers]) => ({ wave, numbers }));
  return { plan, shared, out, waves: inOrder, flags, isDry: flags.dryRun ?? false };
}

/** Makes the output folder ready for the jobs. */
export function share({ plan, out, shared }: HandOver): void {
  shareOutput(plan, out, shared);
}

/** The words after `bench work OUT --run NUMBER`. */
export function workOptions({ shared, flags }: HandOver): string[] {
  const { save, resume, allowBusy, trustCode, project, log = [] } = flags;
  const isTrusted = trustCode || namesFiles(shared); // which the user named, and now the plan's file does
  return [
    ...["--plan", shared.id],
    ...(save ? ["--save"] : []),
    ...(resume ? [] : ["--no-resume"]),
    ...(allowBusy ? ["--allow-busy"] : []),
    ...(log.length > 0 ? ["--log", log.join(",")] : []),
    ...(isTrusted ? ["--trust-code"] : []),
    ...(project === undefined ? [] : ["--project", project]),
  ];
}

/** Whether a suite names files of code, and not only packages. */
const namesFiles = ({ suite }: SharedPlan): boolean =>
  [...suite.methods.map(({ method }) => method), suite.device].some((name) =>
    /^(\.|\/|file:|[a-zA-Z]:[\\/])/.test(name),
  );

/** This program, as a job starts it. */
export const program = (): [string, string] => [
  process.execPath,
  fileURLToPath(new URL("../main.js", import.meta.url)),
];
