import { join } from "node:path";
import type { CellSearch, FoundRate, Plan, SuiteResult } from "@petl/bench";
import { writeWhole } from "@petl/files";
import { formatSeconds } from "@petl/report";
import type { RunRecord } from "@petl/results";
import type { ExitCode } from "../../exit.js";
import { section } from "../../terminal/section.js";
import type { GlueFlags } from "../glue/flags.js";

/** Prints what every search chose and writes it for later suites; says what is missing. */
export async function finishSearch(plan: Plan, out: string, result: SuiteResult, flags: GlueFlags): Promise<ExitCode> {
  const records = new Map(result.records.map((record) => [record.id, record]));
  const searches = plan.searches(records);
  const rates = searches.flatMap(rateOf);
  const file = join(out, "rates.json");
  await writeWhole(file, `${JSON.stringify({ backbone: plan.suite.backbone, rates }, null, 2)}\n`);
  const say = flags.json ? console.error : console.log;
  if (flags.json)
    console.log(JSON.stringify({ out, searches: searches.map((each) => asJson(each, records)) }, null, 2));
  else say(`\n${asText(searches, records)}`);
  say(`rates: ${file}`);
  if (result.cancelled) return 130;
  const open = searches.length - rates.length;
  if (open > 0)
    console.error(`${open} of ${searches.length} searches chose nothing; the same command goes on with them`);
  return open > 0 ? 1 : 0;
}

function rateOf({ arm, task, chosen }: CellSearch): FoundRate[] {
  if (chosen === null) return [];
  return [{ method: arm.method.name, config: { ...arm.given }, settings: arm.settings, task: task.name, chosen }];
}

type Records = ReadonlyMap<string, RunRecord>;

function asJson({ arm, task, limit, trials, chosen }: CellSearch, records: Records) {
  return {
    method: arm.method.name,
    config: arm.config,
    task: task.name,
    limit,
    chosen,
    timeS: costS(trials, records),
    trials: trials.map(({ id, trial, settings }) => {
      const record = records.get(id);
      return {
        ...{ id, ...trial!, learningRate: settings.learningRate },
        status: record?.status ?? "not run",
        validationScore: record?.scores?.best.score ?? null,
        validationLoss: record?.scores?.best.loss ?? null,
      };
    }),
  };
}

function asText(searches: readonly CellSearch[], records: Records): string {
  const header = ["method", "task", "rows", "learning rate", "validation", "trials", "diverged", "time", ""];
  const rows = searches.map(({ arm, task, limit, trials, chosen }) => {
    const done = trials.flatMap(({ id }) => records.get(id) ?? []);
    const diverged = done.filter(({ status }) => status === "failed").length;
    return [
      ...[arm.label, task.name, limit === null ? "all" : String(limit)],
      ...[chosen === null ? "none yet" : String(chosen.learningRate), chosen?.validationScore.toFixed(1) ?? ""],
      ...[`${done.length} of ${trials.length}`, String(diverged), formatSeconds(costS(trials, records))],
      edgeText(chosen),
    ];
  });
  return section("Searches", [header, ...rows]);
}

function edgeText(chosen: CellSearch["chosen"]): string {
  return chosen?.edge == null ? "" : `at the ${chosen.edge} rate tried: a wider --decades may find a better one`;
}

/** Seconds that trials trained and evaluated. */
function costS(trials: CellSearch["trials"], records: Records): number {
  return trials.reduce((sum, { id }) => {
    const { trainTimeS = 0, evalTimeS = 0 } = records.get(id)?.time ?? {};
    return sum + trainTimeS + evalTimeS;
  }, 0);
}
