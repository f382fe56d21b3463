import { glueTasks } from "../tasks/index.js";

/** A mean over tasks and what went into it. */
export interface SuiteScore {
  /** `GLUE-9` (official) or `GLUE-8` (without WNLI); with ` (MNLI-m)` or ` (MNLI-mm)` where MNLI is half scored. */
  readonly name: string;
  /** 0..100. */
  readonly value: number;
  /** Names of the task scores it is the mean of. */
  readonly of: readonly string[];
}

/**
 * The means over tasks that can be given: `GLUE-9` over all nine, `GLUE-8` without WNLI (as T5, LST and READ report).
 *
 * A mean that would lack a task is not given. With only MNLI's matched or mismatched half, the name of the mean says so.
 * Each task counts once, whatever its number of metrics; other names (AX) are ignored.
 */
export function suiteScore(scores: readonly { readonly name: string; readonly score: number }[]): SuiteScore[] {
  const byName = new Map(scores.map(({ name, score }) => [name, score]));
  const titles = glueTasks.map(({ title }) => title);
  return [
    meanOf("GLUE-9", titles, byName),
    meanOf(
      "GLUE-8",
      titles.filter((title) => title !== "WNLI"),
      byName,
    ),
  ].flat();
}

function meanOf(name: string, titles: readonly string[], scores: ReadonlyMap<string, number>): SuiteScore[] {
  const half = ["MNLI-m", "MNLI-mm"].find((each) => !scores.has("MNLI") && scores.has(each));
  const of = titles.map((title) => (title === "MNLI" && half !== undefined ? half : title));
  if (!of.every((title) => scores.has(title))) return [];
  const value = of.reduce((sum, title) => sum + scores.get(title)!, 0) / of.length;
  return [{ name: half === undefined ? name : `${name} (${half})`, value, of }];
}
