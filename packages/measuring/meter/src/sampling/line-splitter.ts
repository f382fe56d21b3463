/** A line of nvidia-smi has a few hundred characters. */
export const LONGEST_LINE = 65_536;

/** Cuts a stream of text into whole lines; what follows the last line break is kept in `rest`. */
export class LineSplitter {
  rest = "";
  /** Whether a line was longer than any of nvidia-smi: the stream is then not worth reading. */
  isOverlong = false;

  /** The lines completed by `chunk`, without their line breaks and without blank ones. */
  push(chunk: string): readonly string[] {
    const lines = (this.rest + chunk).split(/\r?\n/);
    const last = lines.pop() ?? "";
    this.isOverlong ||= last.length > LONGEST_LINE;
    this.rest = last.slice(0, LONGEST_LINE);
    return lines.filter((line) => line.trim() !== "");
  }
}
