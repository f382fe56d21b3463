import type { BenchEvent, ChildEvent } from "@petl/bench";
import { printable } from "@petl/files";
import { MultiBar, type SingleBar } from "cli-progress";
import type { SuiteClock } from "../estimate/suite-clock.js";
import { terminalText } from "../terminal/guard-console.js";
import { type BarState, barLine, runLine } from "./bar-line.js";
import { type RunInHand, RunsInHand } from "./in-hand.js";
import type { Progress } from "./progress.js";
import {
  downloadText,
  elsewhereText,
  endLine,
  leftText,
  lossText,
  noticeLine,
  readingText,
  skippedText,
  suiteLine,
  warningLine,
  whichText,
} from "./run-lines.js";

const redrawMs = 200;
/** So that the time left moves on while nothing is heard, as in an evaluation. */
const idleRedrawMs = 1000;

/** A moving line at the foot of a terminal for each run in hand, finished runs above. */
export class BarProgress implements Progress {
  readonly #bars = new MultiBar({
    format: "{line}",
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    fps: 1000 / redrawMs,
    gracefulExit: false,
  });
  /** The moving lines, from the top. */
  readonly #lines: SingleBar[] = [];
  readonly #inHand = new RunsInHand();
  #clock: SuiteClock | null = null;
  #drawnAtMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  on(event: BenchEvent): void {
    this.#clock?.on(event, nowS());
    this.#inHand.hear(event);
    switch (event.type) {
      case "suite":
        this.#log(suiteLine(event));
        break;
      case "check":
        if (event.event.type === "download")
          this.download(event.event.file, event.event.doneBytes, event.event.totalBytes);
        if (event.event.type === "notice") this.note(event.event.message);
        break;
      case "run-begin":
        this.#timer ??= setInterval(() => this.#draw(), idleRedrawMs).unref();
        this.#draw();
        break;
      case "run-event":
        this.#onRun(event.event);
        break;
      case "run-end":
        this.#log(endLine(event));
        break;
      case "elsewhere":
        this.note(elsewhereText(event));
        break;
      case "set-aside":
        this.warn(event.message);
        break;
      case "unsaved":
        this.#log(`error: ${event.message}`);
        break;
    }
  }

  useClock(clock: SuiteClock): void {
    this.#clock = clock;
  }

  warn(text: string): void {
    this.#log(warningLine(text));
  }

  note(text: string): void {
    this.#log(`note: ${text}`);
  }

  download(what: string, doneBytes: number, totalBytes?: number | null): void {
    this.#update(downloadText(what, doneBytes, totalBytes));
  }

  reading(task: string, doneBytes: number, totalBytes: number): void {
    this.#update(readingText(task, doneBytes, totalBytes));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#bars.update(); // prints what is still to be logged
    this.#bars.stop();
  }

  #onRun(event: ChildEvent): void {
    const said = noticeLine(event);
    if (said !== null) this.#log(said);
    if (event.type === "step" && Date.now() - this.#drawnAtMs >= redrawMs) this.#draw();
    if (event.type === "window" && event.window === "evaluation" && event.edge === "begin") this.#draw();
    if (event.type === "download") this.download(event.file, event.doneBytes, event.totalBytes);
  }

  #draw(): void {
    const runs = this.#inHand.all;
    if (runs.length === 0) return;
    this.#drawnAtMs = Date.now();
    const left = this.#clock?.leftS(nowS()) ?? null;
    const share = this.#clock?.share(nowS(), left) ?? 0;
    const width = process.stderr.columns || 80;
    const ofSuite = { share, left: left === null ? null : leftText(left) };
    const lines = runs.map((each, index) =>
      index === 0 ? barLine({ ...ofSuite, ...barRun(each) }, width) : runLine(barRun(each), width),
    );
    for (let index = 0; index < Math.max(lines.length, this.#lines.length); index++)
      this.#update(lines[index] ?? "", index);
  }

  #update(line: string, index = 0): void {
    const shown = { line: printable(line) };
    this.#lines[index] ??= this.#bars.create(1, 0, shown);
    this.#lines[index].update(0, shown);
  }

  #log(line: string): void {
    if (this.#lines.length === 0) console.error(line);
    else this.#bars.log(`${terminalText(line, process.stderr)}\n`);
  }
}

/** A run as a moving line shows it. */
function barRun({ run, index, total, step, steps, loss, skipped, phase }: RunInHand): Omit<BarState, "share" | "left"> {
  const names = { method: run.label, task: run.task.name, which: whichText(run) };
  const isStep = phase === null && step > 0;
  return {
    ...{ index, total, ...names },
    doing: isStep ? `step ${step}/${steps}` : (phase ?? "starting"),
    figures: isStep ? [`loss ${lossText(loss)}`, ...skippedText(skipped)] : [],
  };
}

const nowS = (): number => performance.now() / 1000;
