import { parseRow, streamFields } from "../gpu/fields.js";
import type { Command } from "../gpu/nvidia-smi.js";
import { delay, nowS } from "../time.js";
import type { Problem, Sample } from "../trace/trace.js";
import { SampleClock } from "./sample-clock.js";
import { openStream, type Stream } from "./stream.js";
import { UnreadableLines } from "./unreadable-lines.js";

/** Unreadable lines before the first sample after which waiting for it ends. */
const HOPELESS = 20;
/** Pause between reads, as each line carries its time; once one cannot be trusted, lines are read as they arrive. */
const PAUSE_MS = 250;

/** One long-lived nvidia-smi and the samples read from it. */
export class Sampler {
  readonly samples: Sample[] = [];
  readonly startedAtS = nowS();
  /** Processor time of nvidia-smi, as last read before its end. */
  cpuS: number | null = null;
  readonly #clock = new SampleClock();
  readonly #fields: readonly string[];
  readonly #stream: Stream;
  readonly #unreadable = new UnreadableLines();
  readonly #periodS: number;
  #onSample: (() => void) | null = null;
  #sinceS = 0;
  #ended: string | null = null;
  #endedAtS = 0;
  #stopping = false;

  constructor(command: Command, gpuName: string, knownFields: readonly string[], periodMs: number) {
    this.#fields = streamFields(knownFields);
    this.#periodS = periodMs / 1000;
    const query = `--query-gpu=${this.#fields.join(",")}`;
    const args = [query, "--format=csv,noheader,nounits", "-i", gpuName, "-lms", String(periodMs)];
    this.#stream = openStream(command, args, (line) => this.#add(line), PAUSE_MS);
    void this.#stream.ended.then((how) => {
      this.#ended = how;
      this.#endedAtS = nowS();
      this.#onSample?.();
    });
  }

  /** Resolves with the next sample of `sinceS` or later, the process's end, after `timeoutMs`, or when only garbage comes. */
  async next(timeoutMs: number, sinceS = Number.NEGATIVE_INFINITY): Promise<void> {
    if (this.#ended !== null) return;
    this.#sinceS = sinceS;
    const sampled = new Promise<void>((resolve) => {
      this.#onSample = resolve;
    });
    const timeout = new AbortController();
    await Promise.race([sampled, delay(timeoutMs, timeout.signal)]);
    timeout.abort();
    this.#onSample = null;
  }

  /** Waits for one sample after now, so that a window may end now, then ends the process. */
  async stop(): Promise<readonly Problem[]> {
    this.#stream.readAtOnce();
    await this.next(Math.min(2000, 3000 * this.#periodS + 200), nowS());
    const endedAtS = this.#ended === null ? null : this.#endedAtS;
    const stopAtS = nowS();
    this.#stopping = true;
    this.cpuS = await this.#stream.cpuS();
    await this.#stream.stop();
    return this.#problems(endedAtS, stopAtS);
  }

  #add(line: string): void {
    if (this.#stopping) return;
    const row = parseRow(line, this.#fields);
    if (row === null) {
      this.#unreadable.add(line);
      if (this.samples.length === 0 && this.#unreadable.count >= HOPELESS) this.#onSample?.();
      return;
    }
    const placed = this.#clock.place(row.stampS, nowS(), Date.now() / 1000);
    if (placed.timedBy === "arrival") this.#stream.readAtOnce();
    this.samples.push({ ...placed, ...row.values });
    if (placed.atS >= this.#sinceS) this.#onSample?.();
  }

  #problems(endedAtS: number | null, stopAtS: number): readonly Problem[] {
    const problems: Problem[] = [];
    const add = (code: Problem["code"], message: string, count = 1) => problems.push({ code, message, count });
    const count = this.samples.length;
    const last = this.samples.at(-1);
    if (endedAtS !== null) {
      const afterS = (endedAtS - this.startedAtS).toFixed(1);
      add("ended-early", `nvidia-smi ${this.#ended}, ${afterS} s after the start and after ${count} samples`);
    } else if (last && stopAtS - last.atS > Math.max(1, 20 * this.#periodS)) {
      add("stalled", `nvidia-smi printed nothing in the last ${(stopAtS - last.atS).toFixed(1)} s`);
    }
    if (count === 0) add("no-samples", "nvidia-smi gave no sample");
    const unreadable = this.#unreadable.count;
    if (unreadable > 0) add("garbage-lines", this.#unreadable.message("nvidia-smi"), unreadable);
    if (endedAtS !== null && this.#stream.rest().trim() !== "") {
      add("truncated-line", "the last line of nvidia-smi was cut short and left out");
    }
    const { distrusted } = this.#clock;
    if (distrusted > 0) {
      const message = `${distrusted} samples carried a time that went backwards or is far off; their arrival was used`;
      add("clock", message, distrusted);
    }
    return problems;
  }
}
