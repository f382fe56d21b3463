import { setTimeout as delay } from "node:timers/promises";
import { type HostSampler, hostSampler, nowS } from "@petl/meter";
import type { ChildEvent, ChildRequest, RunRequest } from "../child/protocol.js";
import { clockOffsetS } from "../child/shared-clock.js";
import type { Watched } from "../record/build-record.js";
import { Observation } from "../record/observation.js";
import { taskDirectory } from "../resolve/task-reader.js";
import type { Plan } from "../suite/plan.js";
import { type PlannedRun, scoresTest } from "../suite/planned-run.js";
import { runChild } from "./child-process.js";
import type { Worker } from "./workers.js";

/** How long a GPU is watched at rest before and after a run. */
const restS = 2;

export interface WatchOptions {
  readonly worker: Worker;
  /** How long the machine is left alone before, in seconds. */
  readonly coolDownS: number;
  readonly cache: RunRequest["cache"];
  /** Directory for the tuned model; null: it is not kept. */
  readonly saveTo: string | null;
  readonly runState: RunRequest["runState"];
  /** Digest of the backbone's parameters as another run of the suite loaded them; null where none did. */
  readonly paramsSha256: string | null;
  readonly onEvent: (event: ChildEvent) => void;
  readonly signal: AbortSignal;
}

/** Runs one run in a child process and samples it from outside. */
export async function runOne(
  plan: Plan,
  run: PlannedRun,
  { worker, coolDownS, onEvent, signal, ...files }: WatchOptions,
): Promise<Watched> {
  const { meter } = worker.machine;
  await pause(coolDownS, signal);
  const observation = new Observation();
  await meter?.start();
  const before = await rest(meter, signal);
  const samplers: HostSampler[] = [];
  const startedAtS = nowS();
  const ending = await runChild(requestOf(plan, run, worker, files), {
    signal,
    onSpawn(pid) {
      samplers.push(hostSampler(pid));
      meter?.watch(pid);
    },
    onEvent(event) {
      observation.hear(event);
      onEvent(event);
    },
  });
  const endedAtS = nowS();
  const host = (await samplers[0]?.stop()) ?? null;
  const after = await rest(meter, signal);
  const trace = await meter?.stop();
  const gpu = trace === undefined ? null : { trace, idle: [...before, ...after] };
  return { observation, ending, startedAtS, endedAtS, host, gpu, coolDownS };
}

async function rest(meter: Worker["machine"]["meter"], signal: AbortSignal) {
  if (meter === null || signal.aborted) return [];
  const fromS = nowS();
  await pause(restS, signal);
  return [{ fromS, toS: nowS() }];
}

/** Cut short where cancelled. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds > 0) await delay(seconds * 1000, undefined, { signal }).catch(() => {});
}

function requestOf(
  { backbone, family, commit, device, data }: Plan,
  run: PlannedRun,
  { gpu, threads }: Worker,
  { cache, saveTo, runState, paramsSha256 }: Pick<WatchOptions, "cache" | "saveTo" | "runState" | "paramsSha256">,
): ChildRequest {
  if (data === null) throw new Error("a plan without data cannot run"); // only dry runs plan without
  return {
    kind: "run",
    identity: { ...run.identity, backbone: { ...run.identity.backbone, paramsSha256 } },
    task: run.task,
    scoresTest: scoresTest(run),
    directory: taskDirectory(run.task, data),
    method: { url: run.method.url, packageName: run.method.packageName, config: run.config },
    deviceUrl: device.url,
    ...{ backbone, family: family.url, commit },
    settings: run.settings,
    options: { ...run.options, gpu: gpu ?? run.options.gpu, threads: run.options.threads ?? threads },
    cache,
    saveTo,
    runState,
    clockOffsetS: clockOffsetS(),
  };
}
