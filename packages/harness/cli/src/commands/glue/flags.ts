import type { SuiteInput } from "@petl/bench";
import type { runOptions, suiteFields, trainingSettings } from "@petl/settings";
import type { TrackerName } from "@petl/tracking";
import type { CodeFlags } from "../../code-places.js";
import type { EngineFlags } from "../../engines/engine-flags.js";
import type { MethodFlag } from "./method-flag.js";

type SuiteFlags = Pick<SuiteInput, keyof typeof suiteFields | keyof typeof runOptions>;
type TrainingFlags = Pick<NonNullable<SuiteInput["settings"]>, keyof typeof trainingSettings>;

/** The flags of `bench glue` as commander hands them over; absent where not given. */
export interface GlueFlags extends CodeFlags, EngineFlags, Partial<SuiteFlags>, TrainingFlags {
  readonly preset?: string;
  readonly suite?: string;
  readonly methods?: string[];
  readonly method?: MethodFlag[];
  /** A file of `bench tune`. */
  readonly rates?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly verify?: boolean;
  readonly save?: boolean;
  /** False with `--no-resume`. */
  readonly resume: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly log?: TrackerName[];
  /** False with `--no-progress`. */
  readonly progress: boolean;
  readonly allowBusy?: boolean;
  readonly gpus?: "all" | number[];
  /** Seconds. */
  readonly coolDown?: number;
}
