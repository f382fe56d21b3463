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
  readonly seed: number;
  /** What the run is doing, such as `step 12/60`. */
  readonly doing: string;
  /** Figures that may be left out, such as the loss. */
  readonly figures: readonly string[];
}

const widestBar = 20;

/**
 * The moving line, at most `width` columns long: percentage and time left come first and stay, what is longer than the rest of
 * the line is shortened or left out.
 */
export function barLine(state: BarState, width: number): string {
  const { share, left, index, total, method, task, seed, doing, figures } = state;
  const head = [`${Math.floor(share * 100)} %`.padStart(5), ...(left === null ? [] : [left])].join("  ");
  const long = [`run ${index}/${total}`, `${method} on ${task}, seed ${seed}`, doing];
  const short = [`${index}/${total}`, `${shortened(method, 8)} ${task}`, doing];
  const tails = [[...long, ...figures], long, [...short, ...figures], short, [short[0]!, doing], [short[0]!], []];
  for (const tail of tails) {
    const line = [head, ...tail].join("  ");
    const room = width - line.length - 1;
    if (room >= 0) return `${bar(share, Math.min(widestBar, room))}${line}`;
  }
  return head.trimStart().slice(0, width);
}

function bar(share: number, width: number): string {
  const least = 5; // shorter ones say nothing
  if (width < least) return "";
  const done = Math.round(share * width);
  return "#".repeat(done) + "-".repeat(width - done);
}

function shortened(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}
