import { basename } from "node:path";
import type { Suite } from "@petl/bench";
import { suiteFields } from "@petl/settings";
import { type ExitCode, UsageError } from "../../exit.js";
import { userPath } from "../../user-directory.js";
import { runPlanned } from "../glue/run.js";
import { comparedSeeds } from "../glue/suite-flags.js";
import type { ChosenSuite } from "../glue/suite-from-flags.js";
import type { RunFlags } from "./flags.js";
import { onlyOtherColumn } from "./only-other-column.js";

/** Runs what is missing of a suite on tasks of one's own, then reports all of it. */
export async function runOwn(flags: RunFlags): Promise<ExitCode> {
  const { data, task = [], tasks = [], ...others } = flags;
  const isTable = data !== undefined && (flags.label !== undefined || tasks.length + task.length === 0);
  const own = isTable ? await definitionOf(data, flags) : noTable(flags);
  const named = [...(own === null ? [] : [own.name]), ...task, ...tasks];
  if (named.length === 0 && flags.suite === undefined)
    throw new UsageError(
      "run: expected a task, got none; pass --data FILE --text COLUMN --label COLUMN, or --task FILE",
    );
  const adapt = ({ suite, places }: ChosenSuite): ChosenSuite => ({ places, suite: onTasks(suite, named, own, flags) });
  return runPlanned(isTable || data === undefined ? others : { ...others, data }, {
    adapt,
    searchOnly: false,
    finish: async () => (await import("../glue/finish-suite.js")).finishSuite,
  });
}

/** The suite on these tasks; the rates that it has were found on others, so each method's is searched unless the flags say otherwise. */
function onTasks(suite: Suite, named: readonly string[], own: Definition | null, flags: RunFlags): Suite {
  if (named.length === 0) return suite;
  const { trials = flags.suite === undefined ? suiteFields.trials.default : suite.trials, seeds } = flags;
  return {
    ...suite,
    name: flags.suite === undefined ? (own?.name ?? "run") : suite.name,
    tasks: [...named],
    definitions: own === null ? suite.definitions : [...suite.definitions, own],
    trials: suite.protocol === "tuned" ? trials : 0,
    seeds:
      seeds ??
      (suite.seeds.length < comparedSeeds.length && flags.suite === undefined ? [...comparedSeeds] : suite.seeds),
  };
}

type Definition = { readonly name: string } & Readonly<Record<string, unknown>>;

async function definitionOf(data: string, flags: RunFlags): Promise<Definition> {
  const { label, kind, eval: test, name = nameOf(data) } = flags;
  if (label === undefined)
    throw new UsageError(
      `--data ${data}: expected --label with the column of the answers; GLUE's own tasks are those of bench glue`,
    );
  const train = data.startsWith("hf:") ? data : userPath(data);
  const text = flags.text ?? [await onlyOtherColumn(train, label)];
  return {
    ...{ name, text, label },
    data: test === undefined ? train : { train, test: userPath(test) },
    ...(kind !== undefined && { kind }),
  };
}

/** @throws UsageError for flags that say something of a table that is not there */
function noTable(flags: RunFlags): null {
  const given = (["eval", "text", "label", "kind", "name"] as const).find((flag) => flags[flag] !== undefined);
  if (given === undefined) return null;
  throw new UsageError(`--${given}: expected --data with the table that it is about, got none`);
}

/** `train.csv` in the folder reviews is `reviews`; a file with a name of its own has that. */
function nameOf(data: string): string {
  const parts = userPath(data).split(/[/\\]/);
  const stems = parts.map((part) => basename(part).replace(/\.(csv|tsv|jsonl?|ndjson|parquet)(\.gz)?$/i, ""));
  const own = stems.findLast((stem) => stem !== "" && !/^(train(ing)?|data)$/i.test(stem)) ?? "task";
  return (
    own
      .replace(/[^\w.-]+/g, "-")
      .replace(/^[^a-z0-9]+/i, "")
      .slice(0, 60) || "task"
  );
}
