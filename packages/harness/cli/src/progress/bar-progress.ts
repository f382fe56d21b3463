import type { BenchEvent, ChildEvent } from "@petl/bench";
import { printable } from "@petl/files";
import { MultiBar, type SingleBar } from "cli-progress";
import type { SuiteClock } from "../estimate/suite-clock.js";
import { terminalText } from "../terminal/guard-console.js";
import { type BarState, barLine } from "./bar-line.js";
import type { Progress } from "./progress.js";
import {
  downloadText,
  endLine,
  leftText,
  lossText,
  noticeLine,
  readingText,
  suiteLine,
  warningLine,
  whichText,
} from "./run-lines.js";

const redrawMs = 200;
/** So that the time left moves on while nothing is heard, as in an evaluation. */
const idleRedrawMs = 1000;

/** One moving line at the foot of a terminal, finished runs above it. */
export class BarProgress implements Progress {
  readonly #bars = new MultiBar({
    format: "{line}",
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    fps: 1000 / redrawMs,
    gracefulExit: false,
  });
  #bar: SingleBar | null = null;
  #clock: SuiteClock | null = null;
  #run: Omit<BarState, "share" | "left"> | null = null;
  #steps = 0;
  #loss: number | null = null;
  #drawnAtMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  on(event: BenchEvent): void {
    this.#clock?.on(event, nowS());
    switch (event.type) {
      case "suite":
        this.#log(suiteLine(event));
        break;
      case "check":
        if (event.event.type === "download")
          this.download(event.event.file, event.event.doneBytes, event.event.totalBytes);
        if (event.event.type === "notice") this.note(event.event.message);
        break;
      case "run-begin": {
        const { run, index, total } = event;
        const names = { method: run.method.name, task: run.task.name, which: whichText(run) };
        this.#run = { index, total, ...names, doing: "starting", figures: [] };
        this.#timer ??= setInterval(() => this.#draw(), idleRedrawMs).unref();
        this.#draw();
        break;
      }
      case "run-event":
        this.#onRun(event.event);
        break;
      case "run-end":
        this.#log(endLine(event));
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
    if (event.type === "attached") this.#steps = event.steps;
    if (event.type === "step") {
      if (event.loss !== undefined) this.#loss = event.loss;
      if (Date.now() - this.#drawnAtMs >= redrawMs)
        this.#show(`step ${event.step}/${this.#steps}`, [`loss ${lossText(this.#loss)}`]);
    }
    if (event.type === "window" && event.window === "evaluation" && event.edge === "begin") this.#show("evaluating");
    if (event.type === "download") this.download(event.file, event.doneBytes, event.totalBytes);
  }

  #show(doing: string, figures: readonly string[] = []): void {
    if (this.#run === null) return;
    this.#run = { ...this.#run, doing, figures };
    this.#draw();
  }

  #draw(): void {
    if (this.#run === null) return;
    this.#drawnAtMs = Date.now();
    const left = this.#clock?.leftS(nowS()) ?? null;
    const share = this.#clock?.share(nowS(), left) ?? 0;
    const state = { ...this.#run, share, left: left === null ? null : leftText(left) };
    this.#update(barLine(state, process.stderr.columns || 80));
  }

  #update(line: string): void {
    const shown = { line: printable(line) };
    this.#bar ??= this.#bars.create(1, 0, shown);
    this.#bar.update(0, shown);
  }

  #log(line: string): void {
    if (this.#bar === null) console.error(line);
    else this.#bars.log(`${terminalText(line, process.stderr)}\n`);
  }
}

const nowS = (): number => performance.now() / 1000;
