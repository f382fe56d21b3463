import { absent, type Figure, measured } from "../figure.js";
import { processTree } from "../host/process-tree.js";
import type { ProcessMemorySample } from "../trace/trace.js";
import type { ProcessRow } from "./process-rows.js";

interface Probe {
  readonly atS: number;
  readonly bytesByPid: Map<number, number | null>;
}

/** Collects what the driver lists, probe by probe, and picks out a process and its descendants. */
export class ProcessTally {
  readonly #probes: Probe[] = [];
  readonly #members: Set<number>;

  constructor(
    readonly pid: number,
    readonly procRoot: string,
  ) {
    this.#members = new Set([pid]);
  }

  /** Records the current descendants of the process; those that end later still count. */
  seeTree(): void {
    for (const member of processTree(this.pid, this.procRoot)) this.#members.add(member);
  }

  /** Rows of a probe at `atS`; those within `togetherS` after the beginning of the last probe belong to that one. */
  add(atS: number, rows: readonly ProcessRow[], togetherS = 0): void {
    let probe = this.#probes.at(-1);
    if (!probe || atS - probe.atS >= togetherS) {
      probe = { atS, bytesByPid: new Map() };
      this.#probes.push(probe);
      this.seeTree();
    }
    for (const { pid, bytes } of rows) probe.bytesByPid.set(pid, bytes);
  }

  /** Absent with the reason where the driver gave no figure for these processes; `refusal` is its answer where it listed none. */
  samples(refusal: string | null): Figure<readonly ProcessMemorySample[]> {
    const samples = this.#probes.flatMap(({ atS, bytesByPid }) => {
      const own = [...bytesByPid].flatMap(([pid, bytes]) => (this.#members.has(pid) && bytes !== null ? [bytes] : []));
      return own.length > 0 ? [{ atS, bytes: own.reduce((sum, bytes) => sum + bytes, 0) }] : [];
    });
    return samples.length > 0 ? measured(samples) : absent(this.#whyNone(refusal));
  }

  #whyNone(refusal: string | null): string {
    const pids = new Set(this.#probes.flatMap(({ bytesByPid }) => [...bytesByPid.keys()]));
    if (pids.size === 0) return refusal ?? "the driver listed no compute process while sampling";
    if ([...pids].some((pid) => this.#members.has(pid))) return "the driver gives no memory figure per process";
    return `none of the ${pids.size} processes on the device belongs to pid ${this.pid} (in a container the driver may name the host's pids)`;
  }
}
