import { nowS } from "./clock.js";
import { parseCells, parseNumber } from "./fields.js";
import { absent, type Figure, measured } from "./figure.js";
import type { Command } from "./nvidia-smi.js";
import { processTree } from "./process-tree.js";
import { openStream, type Stream } from "./stream.js";
import type { ProcessMemorySample } from "./trace.js";

const PERIOD_MS = 1000;

interface Tick {
  readonly atS: number;
  readonly bytesByPid: Map<number, number | null>;
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

/** Samples once a second the device memory of a process and its descendants. */
export class ProcessMemorySampler {
  readonly #ticks: Tick[] = [];
  readonly #members = new Set<number>();
  readonly #stream: Stream;
  readonly #timer: NodeJS.Timeout;

  constructor(
    command: Command,
    gpuName: string,
    readonly pid: number,
    readonly procRoot: string,
  ) {
    this.#members.add(pid);
    this.#timer = setInterval(() => void this.#readTree(), PERIOD_MS);
    this.#timer.unref();
    void this.#readTree();
    this.#stream = openStream(command, [...PROCESS_QUERY, "-i", gpuName, "-lms", String(PERIOD_MS)], (line) =>
      this.#add(line),
    );
  }

  /** Ends the sampling; absent with the reason where the driver said nothing about these processes. */
  async stop(): Promise<Figure<readonly ProcessMemorySample[]>> {
    clearInterval(this.#timer);
    await Promise.all([this.#readTree(), this.#stream.stop()]);
    const samples = this.#ticks.flatMap(({ atS, bytesByPid }) => {
      const own = [...bytesByPid].flatMap(([pid, bytes]) => (this.#members.has(pid) && bytes !== null ? [bytes] : []));
      return own.length > 0 ? [{ atS, bytes: own.reduce((sum, bytes) => sum + bytes, 0) }] : [];
    });
    return samples.length > 0 ? measured(samples) : absent(await this.#whyNone());
  }

  async #whyNone(): Promise<string> {
    const pids = new Set(this.#ticks.flatMap(({ bytesByPid }) => [...bytesByPid.keys()]));
    if (pids.size === 0) return "the driver listed no compute process while sampling";
    if ([...pids].some((pid) => this.#members.has(pid))) return "the driver gives no memory figure per process";
    return `none of the ${pids.size} processes on the device belongs to pid ${this.pid} (in a container the driver may name the host's pids)`;
  }

  // The lines carry no time: a tick ends where a pid comes up again or nothing came for half a period.
  #add(line: string): void {
    const row = parseProcess(line);
    if (!row) return;
    const atS = nowS();
    let tick = this.#ticks.at(-1);
    if (!tick || tick.bytesByPid.has(row.pid) || atS - tick.atS > PERIOD_MS / 2000) {
      tick = { atS, bytesByPid: new Map() };
      this.#ticks.push(tick);
    }
    tick.bytesByPid.set(row.pid, row.bytes);
  }

  async #readTree(): Promise<void> {
    for (const member of await processTree(this.pid, this.procRoot)) this.#members.add(member);
  }
}
