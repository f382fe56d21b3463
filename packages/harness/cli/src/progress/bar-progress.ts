import type { BenchEvent, ChildEvent } from "@petl/bench";
import { MultiBar, type SingleBar } from "cli-progress";
import type { Progress } from "./progress.js";
import { durationText, endLine, noticeLine, runText, suiteLine } from "./run-lines.js";

/** One moving line at the foot of a terminal, finished runs above it. */
export class BarProgress implements Progress {
  readonly #bars = new MultiBar({
    format: "{bar} {what}",
    barsize: 20,
    barCompleteChar: "#",
    barIncompleteChar: "-",
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    fps: 5,
    gracefulExit: false,
  });
  #bar: SingleBar | null = null;
  #steps = 0;
  #before = 0;
  #index = 0;
  #total = 0;
  #run = "";
  #startedAtMs = Date.now();
  #isClosed = false;

  on(event: BenchEvent): void {
    switch (event.type) {
      case "suite":
        this.#log(suiteLine(event));
        this.#before = event.done;
        break;
      case "check":
        if (event.event.type === "download")
          this.download(event.event.file, event.event.doneBytes, event.event.totalBytes);
        break;
      case "run-begin":
        if (this.#total === 0) this.#startedAtMs = Date.now();
        this.#index = event.index;
        this.#total = event.total;
        this.#run = runText(event.run);
        this.#show(0, "starting");
        break;
      case "run-event":
        this.#onRun(event.event);
        break;
      case "run-end":
        this.#log(endLine(event));
        break;
      case "unsaved":
        this.#log(`error: ${event.message}`);
        break;
    }
  }

  note(text: string): void {
    this.#log(`note: ${text}`);
  }

  download(what: string, doneBytes: number, totalBytes?: number | null): void {
    const size = totalBytes ? ` of ${(totalBytes / 1e6).toFixed(1)}` : "";
    this.#draw(
      totalBytes ? doneBytes / totalBytes : 0,
      `downloading ${what}: ${(doneBytes / 1e6).toFixed(1)}${size} MB`,
    );
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#bars.update(); // prints what is still to be logged
    this.#bars.stop();
  }

  #onRun(event: ChildEvent): void {
    const said = noticeLine(event);
    if (said !== null) this.#log(said);
    if (event.type === "attached") this.#steps = event.steps;
    if (event.type === "step") {
      const loss = event.loss === null ? "not finite" : event.loss.toFixed(3);
      this.#show(event.step / this.#steps, `step ${event.step}/${this.#steps} loss ${loss}`);
    }
    if (event.type === "window" && event.window === "evaluation" && event.edge === "begin") this.#show(1, "evaluating");
    if (event.type === "download") this.download(event.file, event.doneBytes, event.totalBytes);
  }

  /** `share` of the current run that is done. */
  #show(share: number, doing: string): void {
    const done = this.#index - 1 + share;
    const doneHere = done - this.#before;
    const elapsedS = (Date.now() - this.#startedAtMs) / 1000;
    const left = doneHere > 0.05 ? `, ${durationText((elapsedS / doneHere) * (this.#total - done))} left` : "";
    this.#draw(done / this.#total, `run ${this.#index}/${this.#total}  ${this.#run}  ${doing}${left}`);
  }

  #draw(share: number, what: string): void {
    this.#bar ??= this.#bars.create(1, 0, { what });
    this.#bar.update(share, { what });
  }

  #log(line: string): void {
    if (this.#bar === null) console.error(line);
    else this.#bars.log(`${line}\n`);
  }
}
