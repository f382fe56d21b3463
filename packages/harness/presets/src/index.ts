import type { SuiteInput } from "@petl/bench";
import lowData from "./low-data.suite.js";
import lst from "./lst.suite.js";
import pareto from "./pareto.suite.js";
import quick from "./quick.suite.js";
import read from "./read.suite.js";
import readAblation from "./read-ablation.suite.js";
import transfer from "./transfer.suite.js";

export { glueExamples, runExamples } from "./examples.js";
export { published } from "./published.js";
export { starterSuite } from "./starter.suite.js";

/** The suites that `bench glue --preset` knows, by name; the first is the default. */
export const presets: Readonly<Record<string, SuiteInput>> = {
  quick,
  lst,
  read,
  "read-ablation": readAblation,
  pareto,
  transfer,
  "low-data": lowData,
};

/** The method a report compares the others with, where nothing else is said. */
export const defaultReference = "full";
