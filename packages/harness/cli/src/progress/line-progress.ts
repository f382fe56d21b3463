import type { BenchEvent, ChildEvent } from "@petl/bench";
import type { SuiteClock } from "../estimate/suite-clock.js";
import { type RunInHand, RunsInHand } from "./in-hand.js";
import type { Progress } from "./progress.js";
import {
  downloadText,
  durationText,
  elsewhereText,
  endLine,
  leftText,
  lossText,
  noticeLine,
  readingText,
  runText,
  skippedText,
  suiteLine,
  warningLine,
} from "./run-lines.js";

/** Seconds between two lines that only show that it is still running. */
const signOfLifeS = 30;

/** A smaller one is read before anybody wonders. */
const largeTableBytes = 10e6;

/** Plain lines, for files and pipes: one for each run and evaluation, and between them one every half minute. */
export class LineProgress implements Progress {
  readonly #print: (line: string) => void;
  readonly #nowS: () => number;
  #clock: SuiteClock | null = null;
  readonly #inHand = new RunsInHand();
  #saidAtS: number;
  #heardAtS = 0;
  #heartbeat: NodeJS.Timeout | null = null;

  /** `nowS` is in seconds, on the clock that `useClock` was given the beginning of. */
  constructor(print = (line: string) => console.error(line), nowS = () => performance.now() / 1000) {
    this.#print = print;
    this.#nowS = nowS;
    this.#saidAtS = nowS();
  }

  on(event: BenchEvent): void {
    this.#clock?.on(event, this.#nowS());
    const about = this.#inHand.hear(event);
    switch (event.type) {
      case "suite":
        this.#say(suiteLine(event));
        break;
      case "check":
        if (event.event.type === "download")
          this.download(event.event.file, event.event.doneBytes, event.event.totalBytes);
        if (event.event.type === "notice") this.note(event.event.message);
        break;
      case "run-begin":
        this.#say(`[${event.index}/${event.total}] ${runText(event.run)}`);
        this.#heardAtS = this.#nowS();
        this.#heartbeat ??= setInterval(() => this.showSilence(), 1000).unref();
        break;
      case "run-event":
        this.#heardAtS = this.#nowS();
        this.#onRun(event.event, about);
        break;
      case "run-end":
        if (this.#inHand.all.length === 0) this.close();
        this.#say(`  ${this.#mark(about)}${endLine(event)}`);
        break;
      case "elsewhere":
        this.note(elsewhereText(event));
        break;
      case "set-aside":
        this.warn(event.message);
        break;
      case "unsaved":
        this.#say(`error: ${event.message}`);
        break;
    }
  }

  useClock(clock: SuiteClock): void {
    this.#clock = clock;
  }

  warn(text: string): void {
    this.#say(warningLine(text));
  }

  note(text: string): void {
    this.#say(`note: ${text}`);
  }

  download(what: string, doneBytes: number, totalBytes?: number | null): void {
    if (this.#isQuiet()) this.#say(`  ${downloadText(what, doneBytes, totalBytes)}`);
  }

  reading(task: string, doneBytes: number, totalBytes: number): void {
    if (totalBytes >= largeTableBytes && this.#isQuiet()) this.#say(`  ${readingText(task, doneBytes, totalBytes)}`);
  }

  /** A line where the runs have been silent as long as the last line is old: a long step, or a process that hangs. */
  showSilence(): void {
    if (!this.#isQuiet()) return;
    const silentS = Math.round(this.#nowS() - this.#heardAtS);
    const since = this.#inHand.all.map((each) => `step ${each.step}${this.#mark(each) && ` of run ${each.index}`}`);
    if (silentS >= signOfLifeS) this.#say(`  no news for ${durationText(silentS)} since ${since.join(", ")}`);
  }

  close(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
  }

  #onRun(event: ChildEvent, about: RunInHand | undefined): void {
    const said = noticeLine(event);
    if (said !== null) this.#say(`  ${this.#mark(about)}${said}`);
    switch (event.type) {
      case "download":
        this.download(event.file, event.doneBytes, event.totalBytes);
        break;
      case "step":
        if (this.#isQuiet()) this.#sayStep(about);
        break;
      case "evaluation":
        this.#sayStep(about, [`score ${event.score.toFixed(1)}`]);
        break;
    }
  }

  #sayStep(about: RunInHand | undefined, figures: readonly string[] = []): void {
    if (about === undefined) return;
    const { step, steps, loss, skipped } = about;
    const left = this.#clock?.leftS(this.#nowS()) ?? null;
    const parts = [`step ${step}/${steps}`, ...skippedText(skipped), `loss ${lossText(loss)}`, ...figures];
    this.#say(`  ${this.#mark(about)}${[...parts, ...(left === null ? [] : [leftText(left)])].join(", ")}`);
  }

  /** Which run a line is about, where several go on. */
  #mark(about: RunInHand | undefined): string {
    const isOneOfMany = about !== undefined && this.#inHand.all.some((each) => each !== about);
    return isOneOfMany ? `[${about.index}] ` : "";
  }

  #isQuiet(): boolean {
    return this.#nowS() - this.#saidAtS >= signOfLifeS;
  }

  #say(line: string): void {
    this.#saidAtS = this.#nowS();
    this.#print(line);
  }
}
