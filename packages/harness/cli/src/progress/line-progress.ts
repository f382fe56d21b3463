import type { BenchEvent, ChildEvent } from "@petl/bench";
import type { Progress } from "./progress.js";
import { endLine, noticeLine, runText, suiteLine } from "./run-lines.js";

type Download = Extract<ChildEvent, { type: "download" }>;

const signOfLifeMs = 30_000;

/** Plain lines, for files and pipes: one a run, and a sign of life every half minute. */
export class LineProgress implements Progress {
  #saidAt = Date.now();
  #steps = 0;

  on(event: BenchEvent): void {
    switch (event.type) {
      case "suite":
        this.#say(suiteLine(event));
        break;
      case "check":
        if (event.event.type === "download") this.#download(event.event);
        break;
      case "run-begin":
        this.#say(`[${event.index}/${event.total}] ${runText(event.run)}`);
        break;
      case "run-event":
        this.#onRun(event.event);
        break;
      case "run-end":
        this.#say(`  ${endLine(event)}`);
        break;
      case "unsaved":
        this.#say(`error: ${event.message}`);
        break;
    }
  }

  note(text: string): void {
    this.#say(`note: ${text}`);
  }

  download(what: string, doneBytes: number, totalBytes?: number | null): void {
    if (!this.#isQuiet()) return;
    this.#say(
      `  downloading ${what}: ${(doneBytes / 1e6).toFixed(1)} MB${totalBytes ? ` of ${(totalBytes / 1e6).toFixed(1)}` : ""}`,
    );
  }

  close(): void {}

  #onRun(event: ChildEvent): void {
    if (event.type === "attached") this.#steps = event.steps;
    if (event.type === "download") this.#download(event);
    const said = noticeLine(event);
    if (said !== null) this.#say(`  ${said}`);
    if (event.type === "step" && this.#isQuiet())
      this.#say(`  step ${event.step} of ${this.#steps}, loss ${event.loss?.toFixed(3)}`);
  }

  #download({ file, doneBytes, totalBytes }: Download): void {
    this.download(file, doneBytes, totalBytes);
  }

  #isQuiet(): boolean {
    return Date.now() - this.#saidAt >= signOfLifeMs;
  }

  #say(line: string): void {
    this.#saidAt = Date.now();
    console.error(line);
  }
}
