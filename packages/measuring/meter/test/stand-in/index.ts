import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** What the stand-in plays. */
export interface Play {
  /** A generation of drivers and cards, or what is wrong. */
  readonly dialect?: "recent" | "hopper" | "mig" | "turing" | "ada" | "older" | "absent" | "no-devices" | "broken";
  readonly absentCell?: string;
  readonly signal?: {
    readonly kind: "constant" | "square" | "ramp" | "spike";
    readonly baseW?: number;
    readonly peakW?: number;
    readonly periodS?: number;
    readonly atS?: number;
    readonly forS?: number;
    readonly perS?: number;
  };
  /** Time 0 of the signal, epoch milliseconds. */
  readonly originMs?: number;
  /** The stream's lines come so long after a whole second of the signal, or a whole period of more than that. */
  readonly startPhaseMs?: number;
  readonly sensorPeriodMs?: number;
  readonly gpus?: readonly { index: number; uuid: string; name: string }[];
  readonly usedMiB?: number;
  readonly processes?: readonly { pid: number; usedMiB?: number }[];
  /** The long-lived query lists them only so long after its start. */
  readonly processesAfterMs?: number;
  /** What is wrong with the long-lived query of processes: the first line is none, it ends before the third, it prints nothing, ... */
  readonly processStream?: "garbage" | "dies" | "hangs" | "refuses";
  readonly hang?: "all" | "stream";
  /** Prints NUL bytes for ever, in every call or in the stream of samples only. */
  readonly endless?: "all" | "stream";
  readonly dieAfterMs?: number;
  readonly cutLastLine?: boolean;
  readonly garbageEvery?: number;
  readonly localised?: "quoted" | "bare";
  readonly clockBackAfterMs?: number;
  readonly clockBackByMs?: number;
}

const DEFAULTS = {
  dialect: "recent",
  absentCell: "[N/A]",
  signal: { kind: "constant" },
  gpus: [{ index: 0, uuid: "GPU-aaaa0000-stand-in", name: "NVIDIA Stand-in 80GB" }],
  usedMiB: 100,
  processes: [],
} as const satisfies Play;

interface StandIn {
  readonly env: NodeJS.ProcessEnv;
  readonly path: string;
  /** Changes what the next process plays. */
  change(play: Play): void;
}

/** Puts a stand-in nvidia-smi into a folder, to be run by `node`; returns its path and a way to change what the next process plays. */
export function installStandIn(folder: string, node: string, play: Play): Pick<StandIn, "path" | "change"> {
  const path = join(folder, "nvidia-smi");
  const source = fileURLToPath(new URL("./nvidia-smi.cjs", import.meta.url));
  writeFileSync(path, `#!${node}\n${readFileSync(source, "utf8")}`);
  chmodSync(path, 0o755);
  const change = (more: Play): void => {
    const whole = { ...DEFAULTS, originMs: Date.now(), ...play, ...more };
    writeFileSync(join(folder, "nvidia-smi.json"), JSON.stringify(whole));
  };
  change({});
  return { path, change };
}

/** Puts a stand-in nvidia-smi into a fresh folder, and that folder alone on the PATH of the environment it returns. */
export function standIn(play: Play = {}): StandIn {
  const folder = mkdtempSync(join(tmpdir(), "petl-meter-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: [folder, "/nonexistent"].join(delimiter) };
  return { ...installStandIn(folder, process.execPath, play), env };
}
