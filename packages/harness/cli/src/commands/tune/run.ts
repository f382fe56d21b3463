import type { Suite } from "@petl/bench";
import { suiteFields } from "@petl/settings";
import type { ExitCode } from "../../exit.js";
import type { GlueFlags } from "../glue/flags.js";
import { runPlanned } from "../glue/run.js";
import type { ChosenSuite } from "../glue/suite-from-flags.js";
import { finishSearch } from "./finish-search.js";

/** Searches what is missing of a suite's searches, then shows all of them. */
export function runTune(flags: GlueFlags): Promise<ExitCode> {
  const adapt = (chosen: ChosenSuite): ChosenSuite => ({ ...chosen, suite: searched(chosen.suite, flags) });
  return runPlanned(flags, { adapt, searchOnly: true, finish: async () => finishSearch });
}

/** The suite with a search for every method and task, whatever it would take from an earlier one; what the flags say stays. */
function searched(suite: Suite, { protocol = "tuned", trials }: GlueFlags): Suite {
  const chosen = trials ?? (suite.trials === 0 ? suiteFields.trials.default : suite.trials);
  return { ...suite, protocol, trials: chosen, rates: [] };
}
