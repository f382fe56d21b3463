import { nowS } from "./clock.js";
import { parseCells, parseNumber } from "./fields.js";
import { absent, type Figure, measured } from "./figure.js";
import { ask, type Command } from "./nvidia-smi.js";
import { processTree } from "./process-tree.js";
import { delay } from "./stream.js";
import type { ProcessMemorySample } from "./trace.js";

/** A call of nvidia-smi costs the caller some 5 ms of processor time: once a second it would cost as much as the samples of power. */
const PERIOD_MS = 3000;

interface Tick {
  readonly atS: number;
  readonly bytesByPid: ReadonlyMap<number, number | null>;
}

/** The query that lists what each compute process holds on the device. */
export const PROCESS_QUERY = ["--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"];

/** One line of that query: bytes are null where the driver gives none; the whole is null if it is no such line. */
export function parseProcess(line: string): { readonly pid: number; readonly bytes: number | null } | null {
  const cells = parseCells(line);
  if (cells?.length !== 2 || !/^\d+$/.test(cells[0] ?? "")) return null;
  const usedMiB = parseNumber(cells[1] ?? "");
  if (Number.isNaN(usedMiB)) return null;
  return { pid: Number(cells[0]), bytes: usedMiB === null ? null : usedMiB * 2 ** 20 };
}

/**
 * Samples the device memory of a process and its descendants: every three seconds, or so slowly that asking takes a tenth of
 * the time.
 *
 * Each sample is a call of its own: the driver prints nothing while no process computes, and a long-lived query that
 * prints nothing would not notice that this process was killed, and run on for ever.
 */
export class ProcessMemorySampler {
  readonly #ticks: Tick[] = [];
  readonly #members: Set<number>;
  readonly #stopping = new AbortController();
  readonly #polling: Promise<void>;
  #refusal: string | null = null;

  constructor(
    readonly command: Command,
    readonly gpuName: string,
    readonly pid: number,
    readonly procRoot: string,
  ) {
    this.#members = new Set([pid]);
    this.#polling = this.#poll();
  }

  /** Ends the sampling; absent with the reason where the driver said nothing about these processes. */
  async stop(): Promise<Figure<readonly ProcessMemorySample[]>> {
    this.#stopping.abort();
    await this.#polling;
    const samples = this.#ticks.flatMap(({ atS, bytesByPid }) => {
      const own = [...bytesByPid].flatMap(([pid, bytes]) => (this.#members.has(pid) && bytes !== null ? [bytes] : []));
      return own.length > 0 ? [{ atS, bytes: own.reduce((sum, bytes) => sum + bytes, 0) }] : [];
    });
    return samples.length > 0 ? measured(samples) : absent(this.#whyNone());
  }

  #whyNone(): string {
    const pids = new Set(this.#ticks.flatMap(({ bytesByPid }) => [...bytesByPid.keys()]));
    if (pids.size === 0) return this.#refusal ?? "the driver listed no compute process while sampling";
    if ([...pids].some((pid) => this.#members.has(pid))) return "the driver gives no memory figure per process";
    return `none of the ${pids.size} processes on the device belongs to pid ${this.pid} (in a container the driver may name the host's pids)`;
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const fromS = nowS();
      const tree = processTree(this.pid, this.procRoot);
      const answer = await ask(this.command, [...PROCESS_QUERY, "-i", this.gpuName]);
      const tookS = nowS() - fromS;
      for (const member of tree) this.#members.add(member);
      if (answer.value?.exitCode === 0) {
        const rows = answer.value.stdout.split(/\r?\n/).flatMap((line) => parseProcess(line) ?? []);
        const bytesByPid = new Map(rows.map(({ pid, bytes }) => [pid, bytes]));
        this.#ticks.push({ atS: fromS + tookS / 2, bytesByPid });
      } else {
        this.#refusal = answer.reason ?? `nvidia-smi exited with code ${answer.value.exitCode}`;
      }
      await delay(Math.max(PERIOD_MS - 1000 * tookS, 9 * 1000 * tookS), signal);
    }
  }
}
