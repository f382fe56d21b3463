const LONGEST_LINE = 65_536;

/** Cuts a stream of text into whole lines; what follows the last line break is kept in `rest`. */
export class LineSplitter {
  rest = "";

  /** The lines completed by `chunk`, without their line breaks and without blank ones. */
  push(chunk: string): readonly string[] {
    const lines = (this.rest + chunk).split(/\r?\n/);
    const last = lines.pop() ?? "";
    this.rest = last.length > LONGEST_LINE ? last.slice(0, LONGEST_LINE) : last;
    return lines.filter((line) => line.trim() !== "");
  }
}
