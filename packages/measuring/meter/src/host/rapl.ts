import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readTextOrNull } from "@petl/files";
import { absent, type Figure, measured } from "../figure.js";
import type { CounterReading } from "../trace/counter.js";

interface Zone {
  readonly name: string;
  readonly path: string;
  readonly rangeJ: number;
}

/**
 * Energy counters of the processor packages and of DRAM, where the kernel shows them.
 *
 * Other zones are left out: `core` and `uncore` are parts of a package, `psys` contains them all, and the `mmio` ones
 * show the same packages a second time.
 */
export class RaplCounter {
  readonly #last = new Map<string, number>();
  #totalJ = 0;

  private constructor(readonly zones: readonly Zone[]) {}

  /** Opens the counters below `root`; absent with the reason where there are none or they may not be read. */
  static open(root = "/sys/class/powercap"): Figure<RaplCounter> {
    if (!existsSync(root)) return absent(`${root} does not exist: no RAPL counters here`);
    const zones: Zone[] = [];
    for (const entry of readdirSync(root)
      .filter((name) => /^intel-rapl:\d+(:\d+)?$/.test(name))
      .sort()) {
      const path = `${root}/${entry}`;
      const name = (readTextOrNull(`${path}/name`) ?? "").trim();
      if (!/^(package-\d+|dram)/.test(name)) continue;
      const rangeJ = microjoules(`${path}/max_energy_range_uj`).value ?? Number.NaN;
      zones.push({ name, path, rangeJ });
    }
    if (zones.length === 0) return absent(`${root} shows no package zone`);
    const counter = new RaplCounter(zones);
    const first = counter.read(0);
    return first.value === null ? absent(first.reason) : measured(counter);
  }

  /** Joules since opening, over all zones; to be read at least once in every wrap-around (minutes). */
  read(atS: number): Figure<CounterReading> {
    for (const { name, path, rangeJ } of this.zones) {
      const energy = microjoules(`${path}/energy_uj`);
      if (energy.value === null) return absent(`${name}: ${energy.reason}`);
      const gainedJ = energy.value - (this.#last.get(path) ?? energy.value);
      const wrappedJ = gainedJ < 0 ? gainedJ + rangeJ : gainedJ;
      if (Number.isNaN(wrappedJ)) return absent(`${name}: the counter wrapped around and its range is unknown`);
      this.#totalJ += wrappedJ;
      this.#last.set(path, energy.value);
    }
    return measured({ atS, totalJ: this.#totalJ });
  }
}

/** Read at once: to wait for a thread costs several times as much. */
function microjoules(path: string): Figure<number> {
  try {
    const text = readFileSync(path, "latin1").trim();
    return /^\d+$/.test(text) ? measured(Number(text) / 1e6) : absent(`${path} holds "${text}", not a number`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return absent(code === "EACCES" ? `${path} may be read by root only` : `${path} cannot be read (${code})`);
  }
}
