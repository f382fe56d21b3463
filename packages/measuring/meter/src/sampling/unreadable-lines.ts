import { firstLine } from "../gpu/nvidia-smi.js";

/** Counts lines that were not as expected, and keeps the first for a message. */
export class UnreadableLines {
  #count = 0;
  #first = "";

  get count(): number {
    return this.#count;
  }

  add(line: string): void {
    this.#count++;
    this.#first ||= firstLine(line);
  }

  /** "3 lines of nvidia-smi were not as expected, the first: ..." */
  message(source: string): string {
    return `${this.#count} lines of ${source} were not as expected, the first: ${this.#first}`;
  }
}
