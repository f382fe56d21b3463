import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { hasEnded, type ProcessIdentity, parseJson } from "@petl/files";
import { type JournalLine, journalFile, journalVersion } from "./journal-line.js";
import { SuiteState } from "./suite-state.js";

/** The folder holds no suite that can be followed. */
export class WatchError extends Error {
  override readonly name = "WatchError";
  readonly code = "E_WATCH";
}

const pieceBytes = 1 << 16;

/** Follows the journal of an output directory. */
export class Follower {
  readonly #out: string;
  #offset = 0;
  #inode = 0;
  #decoder = new StringDecoder("utf8");
  #rest = "";
  #state: SuiteState | null = null;

  /** @throws WatchError where the folder has no journal */
  constructor(out: string) {
    this.#out = out;
    this.read();
  }

  /** What the journal tells by now. @throws WatchError where it is gone or is none */
  read(): SuiteState {
    const file = this.#open();
    try {
      const { size, ino } = fstatSync(file);
      if (size < this.#offset || ino !== this.#inode) this.#startAnew(ino); // the suite was started again: its first line replaces the state
      const bytes = Buffer.alloc(pieceBytes);
      for (let count = 0; ; this.#offset += count) {
        count = readSync(file, bytes, 0, pieceBytes, this.#offset);
        if (count === 0) break;
        this.#hear(this.#decoder.write(bytes.subarray(0, count)));
      }
    } finally {
      closeSync(file);
    }
    if (this.#state === null) throw this.#refused("one whose progress.jsonl has no first line yet");
    return this.#state;
  }

  #open(): number {
    try {
      return openSync(journalFile(this.#out), "r");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw this.#refused(code === "ENOENT" ? "one without progress.jsonl" : String((error as Error).message));
    }
  }

  #startAnew(inode: number): void {
    this.#inode = inode;
    this.#offset = 0;
    this.#decoder = new StringDecoder("utf8");
    this.#rest = "";
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#take(this.#parsed(line));
  }

  #take(line: JournalLine): void {
    if (line.type !== "suite") {
      this.#state?.hear(line);
      return;
    }
    if (line.version !== journalVersion)
      throw this.#refused(`a journal of version ${line.version}, not ${journalVersion}`);
    this.#state = new SuiteState(line);
  }

  #parsed(line: string): JournalLine {
    try {
      return parseJson(line) as JournalLine;
    } catch {
      throw this.#refused("one whose progress.jsonl is damaged");
    }
  }

  #refused(got: string): WatchError {
    return new WatchError(
      `${this.#out}: expected the output folder of a suite that runs on this machine, got ${got}; bench glue and bench run make one, and bench status follows a cluster`,
    );
  }
}

/** Whether the process that wrote a journal has ended, with its last line or without one. */
export function hasStopped({ isOver, about }: SuiteState): boolean {
  return isOver || hasEnded(about.process as ProcessIdentity);
}
