import { getDefaultHighWaterMark, type Readable, setDefaultHighWaterMark } from "node:stream";
import { LineSplitter } from "./line-splitter.js";

/**
 * Reads a pipe line by line; with `pauseMs`, pauses so long between reads after the first line.
 *
 * Calls `onOverlong` once, and no longer reads, where a line is longer than 65,536 characters: it may have no end.
 *
 * Waking up for a line costs several times as much as reading it, so lines wait in the pipe.
 */
export class LineReader {
  readonly #splitter = new LineSplitter();
  #pauses: NodeJS.Timeout | undefined;
  #atOnce = false;

  constructor(
    readonly pipe: Readable,
    readonly onLine: (line: string) => void,
    pauseMs: number,
    readonly onOverlong: () => void = () => {},
  ) {
    pipe.setEncoding("utf8").on("readable", this.#read);
    if (pauseMs > 0) pipe.once("readable", () => this.#pause(pauseMs));
  }

  /** Text after the last line break. */
  get rest(): string {
    return this.#splitter.rest;
  }

  /** Reads each line as it arrives from now on. */
  readAtOnce(): void {
    if (this.#atOnce) return;
    this.#atOnce = true;
    if (this.#pauses === undefined) return;
    clearInterval(this.#pauses);
    this.pipe.on("readable", this.#read);
  }

  #pause(pauseMs: number): void {
    if (this.#atOnce) return;
    this.pipe.off("readable", this.#read);
    this.#pauses = setInterval(this.#read, pauseMs);
  }

  readonly #read = (): void => {
    for (let chunk = this.pipe.read(); chunk !== null; chunk = this.pipe.read()) {
      if (this.#splitter.isOverlong) continue;
      for (const line of this.#splitter.push(chunk)) this.onLine(line);
      if (this.#splitter.isOverlong) this.onOverlong();
    }
  };
}

/** Starts a process whose pipes Node does not read ahead: by default it is woken for each line until it has 16 KiB or more. */
export function withoutReadingAhead<T>(start: () => T): T {
  const before = getDefaultHighWaterMark(false);
  setDefaultHighWaterMark(false, 1);
  try {
    return start();
  } finally {
    setDefaultHighWaterMark(false, before);
  }
}
