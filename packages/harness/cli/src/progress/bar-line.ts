/** What the moving line of a suite says. */
export interface BarState {
  /** Of the suite's time, 0 to 1. */
  readonly share: number;
  /** Such as `4 min 10 s left`; null while it cannot be told. */
  readonly left: string | null;
  readonly index: number;
  readonly total: number;
  readonly method: string;
  readonly task: string;
  /** Which of its runs, such as `seed 0`. */
  readonly which: string;
  /** What the run is doing, such as `step 12/60`. */
  readonly doing: string;
  /** Figures that may be left out, such as the loss. */
  readonly figures: readonly string[];
}

/**
 * The moving line, at most `width` columns long: percentage and time left come first and stay, what is longer than the rest of
 * the line is shortened or left out.
 */
export function barLine(state: BarState, width: number): string {
  const { share, left } = state;
  const head = [`${Math.floor(share * 100)} %`.padStart(5), ...(left === null ? [] : [left])].join("  ");
  const start = `${bar(share, barWidth(width))}${head}`;
  return fitting([start], state, width) ?? head.trimStart().slice(0, width);
}

/** The line of one more run in hand, at most `width` columns long. */
export function runLine(run: Omit<BarState, "share" | "left">, width: number): string {
  return fitting([], run, width) ?? "";
}

/** The longest way to name a run and what it does after `start` that is no longer than `width`. */
function fitting(start: readonly string[], run: Omit<BarState, "share" | "left">, width: number): string | undefined {
  const { index, total, method, task, which, doing, figures } = run;
  const long = [`run ${index}/${total}`, `${method} on ${task}, ${which}`, doing];
  const short = [`${index}/${total}`, `${shortened(method, 8)} ${task}`, doing];
  const tails = [[...long, ...figures], long, [...short, ...figures], short, [short[0]!, doing], [short[0]!], []];
  return tails.map((tail) => [...start, ...tail].join("  ")).find((line) => line.length <= width);
}

/** The same for a terminal at all times, so that what follows does not jump. */
function barWidth(width: number): number {
  if (width >= 110) return 20;
  return width >= 60 ? 10 : 0;
}

function bar(share: number, width: number): string {
  const done = Math.round(share * width);
  return "#".repeat(done) + "-".repeat(width - done);
}

function shortened(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}
