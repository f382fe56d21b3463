import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { assertIdle, type HostSampler, hostSampler, type Meter, nowS, openMeter, type Trace } from "@petl/meter";
import { BenchError } from "../errors.js";
import { gpuMeasurement, hostMeasurement, type Measurement } from "./measurement.js";

export interface MeasureOptions {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly directory: string;
  /** Indices or uuids; empty: the first GPU that `CUDA_VISIBLE_DEVICES` shows, if any. */
  readonly gpus: readonly string[];
  readonly periodMs: number;
  /** How long GPUs are watched at rest before and after. */
  readonly idleS: number;
  readonly allowBusy: boolean;
  /** Where the command's own output goes. */
  readonly stdout: "inherit" | "stderr";
}

export interface Measured {
  readonly measurement: Measurement;
  /** One a GPU, in the order of `measurement.gpus`. */
  readonly traces: readonly Trace[];
  /** As a shell gives it: of the command, 128 + n where signal n ended it, 127 not found, 126 not executable. */
  readonly exitCode: number;
}

/**
 * Runs any command and measures it from outside: time, memory of its processes, and energy, power and memory of GPUs.
 *
 * Signals sent to this process go on to the command. @throws MeterError E_DEVICE_BUSY, E_GPU_NOT_FOUND; BenchError
 * E_GPU_NOT_FOUND where a GPU was named and none can be sampled
 */
export async function measureCommand(options: MeasureOptions): Promise<Measured> {
  const { command, gpus, periodMs, allowBusy } = options;
  const opened = gpus.length > 0 ? gpus.map((gpu) => openMeter({ gpu, periodMs })) : [openMeter({ periodMs })];
  const meters = await Promise.all(opened);
  const present = meters.filter(({ gpu }) => gpu !== null);
  if (gpus.length > present.length)
    throw new BenchError(
      "E_GPU_NOT_FOUND",
      `--gpu ${gpus.join(",")}: expected GPUs that can be sampled, got none: ${meters.find(({ gpu }) => gpu === null)!.reason}; leave --gpu out to measure without`,
    );
  for (const meter of present) await assertIdle(meter, { allowBusy });
  await Promise.all(present.map((meter) => meter.start()));
  const idleS = present.length > 0 ? options.idleS : 0;
  const before = await rest(idleS);
  const cpuBefore = process.cpuUsage();
  const fromS = nowS();
  const { ending, host } = await run(options, present);
  const window = { fromS, toS: nowS() };
  const { user, system } = process.cpuUsage(cpuBefore);
  const hostTrace = (await host?.stop()) ?? null;
  const idle = ending.error === null ? [before, await rest(idleS)] : [before];
  const traces = await Promise.all(present.map((meter) => meter.stop()));
  const wallTimeS = window.toS - window.fromS;
  const toolShares = traces.map(({ nvidiaSmiCpuS, startedAtS, stoppedAtS }) =>
    nvidiaSmiCpuS === null ? null : nvidiaSmiCpuS / (stoppedAtS - startedAtS),
  );
  const measurement: Measurement = {
    command,
    startedAt: new Date(fromS * 1000).toISOString(),
    wallTimeS,
    exitCode: ending.exitCode,
    signal: ending.signal,
    host: hostMeasurement(hostTrace, window),
    gpus: traces.flatMap((trace) => gpuMeasurement(trace, window, idle) ?? []),
    gpuReason: meters.find(({ reason }) => reason !== null)?.reason ?? null,
    sampling: {
      ownShare: (user + system) / 1e6 / wallTimeS,
      nvidiaSmiShare: toolShares.includes(null) ? null : toolShares.reduce<number>((sum, share) => sum + share!, 0),
    },
  };
  return { measurement, traces, exitCode: shellCode(ending) };
}

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error: NodeJS.ErrnoException | null;
}

const passedOn = ["SIGTERM", "SIGHUP", "SIGQUIT"] as const;

async function run({ command, directory, stdout }: MeasureOptions, meters: readonly Meter[]) {
  const [program, ...args] = command;
  const stdio = ["inherit", stdout === "stderr" ? 2 : "inherit", "inherit"] as const;
  const child = spawn(program, args, { cwd: directory, stdio: [...stdio] });
  const onSignal = (signal: NodeJS.Signals): void => void child.kill(signal);
  const onInterrupt = (): void => {}; // Ctrl-C reaches the whole group; the command decides what becomes of it
  for (const signal of passedOn) process.on(signal, onSignal);
  process.on("SIGINT", onInterrupt);
  let host: HostSampler | null = null;
  if (child.pid !== undefined) {
    host = hostSampler(child.pid, { tree: true });
    for (const meter of meters) meter.watch(child.pid);
  }
  const ending = await ended(child);
  for (const signal of passedOn) process.off(signal, onSignal);
  process.off("SIGINT", onInterrupt);
  return { ending, host };
}

function ended(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ exitCode: null, signal: null, error }));
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal, error: null }));
  });
}

function shellCode({ exitCode, signal, error }: Ending): number {
  if (error !== null) return error.code === "ENOENT" ? 127 : 126;
  return exitCode ?? 128 + constants.signals[signal!];
}

async function rest(seconds: number) {
  const fromS = nowS();
  if (seconds > 0) await delay(seconds * 1000);
  return { fromS, toS: nowS() };
}
