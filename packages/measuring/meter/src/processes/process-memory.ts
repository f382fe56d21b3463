import { ask, type Command } from "../gpu/nvidia-smi.js";
import { canGuard } from "../sampling/guard.js";
import { SampleClock } from "../sampling/sample-clock.js";
import { openStream } from "../sampling/stream.js";
import { UnreadableLines } from "../sampling/unreadable-lines.js";
import { delay, nowS } from "../time.js";
import type { ProcessMemorySample } from "../trace/trace.js";
import { PROCESS_QUERY, parseProcess, parseStampedProcess, STAMPED_PROCESS_QUERY } from "./process-rows.js";
import { ProcessTally } from "./process-tally.js";

/** Periods without a row after which a separate query checks that there is nothing to list. */
const SILENT_PERIODS = 10;
/** Further periods that the long-lived query has to list them too: they may have just started. */
const GRACE_PERIODS = 5;

/** The sampled memory of the processes. */
export interface ProcessMemory {
  /** Empty where nothing was listed; a note gives the reason. */
  readonly samples: readonly ProcessMemorySample[];
  /** Processor time of the long-lived query; null where there was none at the end, or the system does not show it. */
  readonly cpuS: number | null;
  /** Remarks that a reader of the figures needs. */
  readonly notes: readonly string[];
}

/**
 * Samples the device memory of a process and its descendants: every three seconds, from one long-lived nvidia-smi.
 *
 * It prints nothing while no process computes. Where it ends by itself (a driver without the field `timestamp`) or stays silent although
 * there are processes, each later sample is a separate call, made so rarely that it takes a tenth of the time, and a note records this.
 * The same holds where no guard can end a silent query together with this process (`canGuard`).
 */
export class ProcessMemorySampler {
  readonly #tally: ProcessTally;
  readonly #stopping = new AbortController();
  readonly #sampling: Promise<void>;
  readonly #notes: string[] = [];
  readonly #unreadable = new UnreadableLines();
  #cpuS: number | null = null;
  #refusal: string | null = null;

  constructor(
    readonly command: Command,
    readonly gpuName: string,
    readonly pid: number,
    procRoot: string,
    readonly periodMs = 3000,
  ) {
    this.#tally = new ProcessTally(pid, procRoot);
    this.#sampling = this.#sample();
  }

  /** Ends the sampling. */
  async stop(): Promise<ProcessMemory> {
    this.#stopping.abort();
    await this.#sampling;
    const notes = [...this.#notes];
    const { value, reason } = this.#tally.samples(this.#refusal);
    if (value === null) notes.push(reason);
    if (this.#unreadable.count > 0) notes.push(this.#unreadable.message("the query of processes"));
    return { samples: value ?? [], cpuS: this.#cpuS, notes };
  }

  async #sample(): Promise<void> {
    const { signal } = this.#stopping;
    const failure = canGuard() ? await this.#listen(signal) : null;
    if (failure !== null) this.#notes.push(`${failure}; each sample of processes was a separate call`);
    while (!signal.aborted) {
      const fromS = nowS();
      await this.#ask();
      const tookMs = 1000 * (nowS() - fromS);
      await delay(Math.max(this.periodMs - tookMs, 9 * tookMs), signal);
    }
  }

  /** Reads one long-lived query until `signal`, or until it fails: resolves with how it did. */
  async #listen(signal: AbortSignal): Promise<string | null> {
    const clock = new SampleClock();
    let heardAtS = nowS();
    const args = [...STAMPED_PROCESS_QUERY, "-i", this.gpuName, "-lms", String(this.periodMs)];
    const stream = openStream(this.command, args, (line) => {
      heardAtS = nowS();
      const row = this.#parsed(line, parseStampedProcess(line));
      if (row === null) return;
      this.#tally.add(clock.place(row.stampS, heardAtS, Date.now() / 1000).atS, [row], this.periodMs / 2000);
    });
    let failure: string | null = null;
    const over = new AbortController();
    signal.addEventListener("abort", () => over.abort(), { once: true });
    void stream.ended.then((how) => {
      if (!over.signal.aborted) failure = `the long-lived query of processes ${how}`;
      over.abort();
    });
    const silenceMs = SILENT_PERIODS * this.periodMs;
    const silent = () => !over.signal.aborted && 1000 * (nowS() - heardAtS) >= silenceMs;
    while (!over.signal.aborted) {
      await delay(silenceMs, over.signal);
      if (!silent() || (await this.#ask()) === 0) continue;
      await delay(GRACE_PERIODS * this.periodMs, over.signal);
      if (!silent()) continue;
      failure = `the long-lived query of processes printed nothing for ${(nowS() - heardAtS).toFixed(1)} s`;
      over.abort();
    }
    this.#cpuS = await stream.cpuS();
    await stream.stop();
    return failure;
  }

  /** Asks once; resolves with the number of processes listed. */
  async #ask(): Promise<number> {
    this.#tally.seeTree();
    const fromS = nowS();
    const answer = await ask(this.command, [...PROCESS_QUERY, "-i", this.gpuName]);
    const tookS = nowS() - fromS;
    if (answer.value?.exitCode !== 0) {
      this.#refusal = answer.reason ?? `nvidia-smi exited with code ${answer.value.exitCode}`;
      return 0;
    }
    const lines = answer.value.stdout.split(/\r?\n/).filter((line) => line.trim() !== "");
    const rows = lines.flatMap((line) => this.#parsed(line, parseProcess(line)) ?? []);
    this.#tally.add(fromS + tookS / 2, rows);
    return rows.length;
  }

  #parsed<Row>(line: string, row: Row | null): Row | null {
    if (row === null) this.#unreadable.add(line);
    return row;
  }
}
