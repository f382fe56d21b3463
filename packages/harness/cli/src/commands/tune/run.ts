import type { ExitCode } from "../../exit.js";
import type { GlueFlags } from "../glue/flags.js";
import { runPlanned } from "../glue/run.js";
import type { ChosenSuite } from "../glue/suite-from-flags.js";
import { finishSearch } from "./finish-search.js";

/** Searches what is missing of a suite's searches, then shows all of them. */
export function runTune(flags: GlueFlags): Promise<ExitCode> {
  return runPlanned(flags, { adapt: searched, searchOnly: true, finish: async () => finishSearch });
}

/** The suite with a search for every method and task, whatever it would take from an earlier one. */
function searched({ suite, places }: ChosenSuite): ChosenSuite {
  const trials = suite.trials === 0 ? 8 : suite.trials;
  return { suite: { ...suite, protocol: "tuned", trials, rates: [] }, places };
}
