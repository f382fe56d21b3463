import type { Column } from "@petl/tables";
import { type Label, type MetricName, type Target, TaskError } from "@petl/task";
import { numberOf } from "./texts.js";

/** Most classes that are found in a column; more are more likely texts or scores. */
const mostClasses = 200;
/** Numbers of more different values than this are taken for scores, unless a definition says otherwise. */
const mostNumericClasses = 20;
/** Into how many steps a range of scores is divided where a model writes them as text. */
const scoreSteps = 25;

/** The different answers of a training file, as far as a target needs them. */
export class Answers {
  readonly #seen = new Map<string, number>();
  #isNumeric = true;
  #isWhole = true;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;

  add(text: string): void {
    const number = numberOf(text);
    if (Number.isNaN(number)) this.#isNumeric = false;
    if (!Number.isInteger(number)) this.#isWhole = false;
    this.#minimum = Math.min(this.#minimum, number);
    this.#maximum = Math.max(this.#maximum, number);
    const count = this.#seen.get(text);
    if (count !== undefined || this.#seen.size <= mostClasses) this.#seen.set(text, (count ?? 0) + 1);
  }

  /**
   * What the answers are: of the asked kind, or else scores where they are numbers with decimals or of many values, classes otherwise.
   * @throws {TaskError} `E_TASK_LABEL` where they cannot be that
   */
  target(kind: "class" | "score" | undefined, { name, classNames }: Column, where: string): Target {
    const isMany = this.#seen.size > mostNumericClasses;
    const found =
      kind ?? (this.#isNumeric && classNames === undefined && (isMany || !this.#isWhole) ? "score" : "class");
    return found === "score" ? this.#score(name, where) : this.#classes(name, classNames, where);
  }

  #score(column: string, where: string): Target {
    if (this.#isNumeric && this.#minimum < this.#maximum)
      return {
        kind: "score",
        minimum: this.#minimum,
        maximum: this.#maximum,
        step: stepOf(this.#maximum - this.#minimum),
      };
    const other = [...this.#seen.keys()].find((text) => Number.isNaN(numberOf(text)));
    throw new TaskError("E_TASK_LABEL", `${where}: column "${column}" holds no scores`, {
      expected: "numbers of more than one value",
      got:
        other === undefined ? `${this.#seen.keys().next().value ?? "nothing"} in every row` : `"${other.slice(0, 40)}"`,
    });
  }

  #classes(column: string, classNames: readonly string[] | undefined, where: string): Target {
    if (classNames !== undefined)
      return { kind: "class", labels: classNames.map((word, index): Label => ({ file: String(index), word })) };
    const values = [...this.#seen.keys()];
    if (values.length >= 2 && values.length <= mostClasses)
      return { kind: "class", labels: sorted(values).map((text) => ({ file: text, word: text.trim() || text })) };
    throw new TaskError("E_TASK_LABEL", `${where}: column "${column}" holds no classes`, {
      expected: `2 to ${mostClasses} different answers`,
      got: values.length > mostClasses ? `more than ${mostClasses}` : `${values.length}`,
      remedy:
        values.length > mostClasses
          ? "name another column, or say that it holds scores (kind score)"
          : "name another column",
    });
  }
}

/** Numbers by size, texts by code point. */
function sorted(values: readonly string[]): string[] {
  const isNumeric = values.every((value) => !Number.isNaN(numberOf(value)));
  return [...values].sort((a, b) => (isNumeric ? numberOf(a) - numberOf(b) : a < b ? -1 : 1));
}

/** 1, 2 or 5 times a power of ten, such that the range has about 25 steps. */
function stepOf(range: number): number {
  const exact = range / scoreSteps;
  const power = 10 ** Math.floor(Math.log10(exact));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= exact * 0.999)!;
  return Number(step.toPrecision(1));
}

/** What a target is scored by unless a definition says otherwise. */
export const defaultMetrics = ({ kind }: Target): readonly MetricName[] =>
  (({ class: ["accuracy"], score: ["pearson", "spearman"], text: ["rougeL"] }) as const)[kind];
