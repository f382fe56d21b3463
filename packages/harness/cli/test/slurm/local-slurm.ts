import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, constants, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { type LocalSlurmOptions, nodeName, slurmConfiguration } from "./configuration.js";
import { freePort, killMarked } from "./processes.js";

/** A running cluster of one node. */
export interface LocalSlurm {
  /** What sbatch, squeue, scancel and scontrol need to find it. */
  readonly env: { readonly SLURM_CONF: string; readonly PATH: string };
  /** Kills the daemons and every job; resolves when none is left. */
  stop(): Promise<void>;
}

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo", "setpriv"];
const PATH = [process.env.PATH ?? "", "/usr/local/sbin", "/usr/sbin", "/usr/bin"].join(delimiter);

/** Why no cluster can be started here, or null. */
export function whyNoSlurm(): string | null {
  if (process.platform !== "linux") return "Slurm's daemons run on Linux only";
  if (process.getuid?.() !== 0) return "Slurm's daemons start jobs as root only";
  const missing = programs.filter((program) => !isOnPath(program));
  return missing.length === 0 ? null : `no ${missing.join(", ")}; apt-get install slurm-wlm munge`;
}

/**
 * Starts munged, slurmctld and slurmd on free ports of loopback, and waits until the node is idle. Configuration, key, state and
 * logs lie in `directory`, which is empty and has no space in its path. The daemons die with this process, even if it is killed.
 *
 * @throws Error with the daemons' last lines if the node is not idle within 30 s
 */
export async function startSlurm(directory: string, options: LocalSlurmOptions = {}): Promise<LocalSlurm> {
  const reason = whyNoSlurm();
  if (reason !== null) throw new Error(`Slurm cannot be started: ${reason}`);
  const env = { SLURM_CONF: join(directory, "slurm.conf"), PATH };
  writeFiles(directory, slurmConfiguration(directory, await freePort(), await freePort(), options));
  const killAll = (): number => killMarked(`SLURM_CONF=${env.SLURM_CONF}`);
  process.once("exit", killAll);
  const stop = async (): Promise<void> => {
    while (killAll() > 0) await pause(50);
    process.off("exit", killAll);
  };
  try {
    await untilIdle(env, startDaemons(directory, env));
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${lastLines(directory)}`);
  }
  return { env, stop };
}

function writeFiles(directory: string, configuration: string): void {
  for (const folder of ["state", "spool"]) mkdirSync(join(directory, folder));
  writeFileSync(join(directory, "munge.key"), randomBytes(128), { mode: 0o600 });
  writeFileSync(join(directory, "slurm.conf"), configuration);
}

function startDaemons(directory: string, env: LocalSlurm["env"]): ChildProcess[] {
  const start = (program: string, ...args: string[]): ChildProcess => {
    const log = openSync(join(directory, `${program}.log`), "a");
    const command = ["--pdeathsig", "KILL", program, ...args];
    return spawn("setpriv", command, { cwd: directory, env, stdio: ["ignore", log, log] });
  };
  const mungeFiles = { "key-file": "munge.key", socket: "munge.socket", "pid-file": "munged.pid", "seed-file": "seed" };
  const mungeArgs = Object.entries(mungeFiles).map(([option, file]) => `--${option}=${join(directory, file)}`);
  return [
    start("munged", "--foreground", "--force", ...mungeArgs), // --force: others cannot enter a temporary folder
    start("slurmctld", "-D", "-i"),
    start("slurmd", "-D", "-N", nodeName),
  ];
}

async function untilIdle(env: LocalSlurm["env"], daemons: readonly ChildProcess[]): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (Date.now() < endMs) {
    const ended = daemons.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (ended !== undefined) throw new Error(`${ended.spawnargs[3]} ended: ${ended.exitCode ?? ended.signalCode}`);
    const { stdout } = await execa("sinfo", ["--noheader", "--format=%T"], { env, reject: false, timeout: 5_000 });
    if (stdout === "idle") return;
    await pause(250);
  }
  throw new Error("expected an idle node within 30 s");
}

function lastLines(directory: string): string {
  const logs = readdirSync(directory).filter((name) => name.endsWith(".log"));
  const end = (name: string): string[] => readFileSync(join(directory, name), "utf8").trim().split("\n").slice(-8);
  return logs.flatMap((name) => end(name).map((line) => `${name}: ${line}`)).join("\n");
}

function isOnPath(program: string): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
