import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type FoundGpu, listDevices, listGpus, machineFacts } from "@petl/bench";
import { hubCacheDirectory } from "@petl/checkpoint";
import { allTasks, defaultCacheDir } from "@petl/glue";
import {
  type Figure,
  hostSampler,
  loadOver,
  type Meter,
  nowS,
  openMeter,
  type SampledGpu,
  updatePeriod,
} from "@petl/meter";
import { codePlaces } from "../../code-places.js";

/** How long sensors are watched to learn how often they update. */
const watchMs = 2000;

/** Whether a sensor can be read, and the reason where it cannot. */
export interface Sensor {
  readonly readable: boolean;
  readonly reason: string | null;
}

/** What a machine offers, as `bench doctor --json` prints it; null comes with a reason. */
export interface Machine {
  readonly node: string;
  readonly system: { readonly platform: string; readonly arch: string };
  readonly cpu: { readonly model: string; readonly cores: number };
  readonly memory: { readonly totalBytes: number };
  /** Of the checkout this program runs from; null where it is none. */
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly devices: readonly { readonly name: string; readonly usable: boolean; readonly reason: string }[];
  /** The GPUs that devices find, and with which `--precision` each can compute. */
  readonly gpus: readonly FoundGpu[];
  /** The GPU that runs are measured on; null with `gpuReason`. */
  readonly gpu: SampledGpu | null;
  readonly gpuReason: string | null;
  readonly sensors: {
    /** Null where there is no GPU. */
    readonly gpu: {
      readonly fields: readonly string[];
      readonly updatePeriodS: number | null;
      readonly updatePeriodReason: string | null;
      readonly energyCounter: Sensor;
    } | null;
    readonly hostMemory: Sensor;
    readonly hostEnergy: Sensor;
    /** Processor time of a process and of the whole machine. */
    readonly hostLoad: Sensor;
  };
  readonly caches: {
    readonly glue: { readonly directory: string; readonly tasks: readonly string[] };
    readonly hub: { readonly directory: string; readonly models: readonly string[] };
  };
}

/** Examines this machine; takes two seconds where there is a GPU. */
export async function examineMachine(): Promise<Machine> {
  const meter = await openMeter();
  const facts = await machineFacts(meter.gpu);
  const places = codePlaces();
  const [devices, gpu, host] = await Promise.all([listDevices(places), gpuSensors(meter), hostSensors()]);
  const gpus = await listGpus(places);
  return {
    node: facts.node,
    system: { platform: facts.platform, arch: facts.arch },
    cpu: { model: facts.cpu, cores: facts.cores },
    memory: { totalBytes: facts.hostMemoryBytes },
    commit: facts.commit,
    dirty: facts.dirty,
    devices,
    gpus,
    gpu: meter.gpu,
    gpuReason: meter.reason,
    sensors: { gpu, ...host },
    caches: { glue: glueCache(), hub: hubCache() },
  };
}

const sensorOf = ({ reason }: Figure<unknown>): Sensor => ({ readable: reason === null, reason });

async function gpuSensors(meter: Meter): Promise<Machine["sensors"]["gpu"]> {
  if (meter.gpu === null) return null;
  await meter.start();
  await delay(watchMs);
  const period = updatePeriod(await meter.stop());
  return {
    fields: meter.fields,
    updatePeriodS: period.value?.periodS ?? null,
    updatePeriodReason: period.reason,
    energyCounter: sensorOf(meter.counter),
  };
}

async function hostSensors() {
  const sampler = hostSampler(process.pid);
  const fromS = nowS();
  await delay(150);
  const watched = { fromS, toS: nowS() };
  const { memory, energy, load } = await sampler.stop();
  return {
    hostMemory: sensorOf(memory),
    hostEnergy: sensorOf(energy),
    hostLoad: sensorOf(loadOver(load, [watched])),
  };
}

function glueCache(): Machine["caches"]["glue"] {
  const directory = defaultCacheDir();
  const tasks = allTasks.filter(({ folder }) => existsSync(join(directory, folder))).map(({ name }) => name);
  return { directory, tasks };
}

function hubCache(): Machine["caches"]["hub"] {
  const directory = hubCacheDirectory();
  const folders = existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith("models--")) : [];
  return { directory, models: folders.map((name) => name.slice("models--".length).replace("--", "/")) };
}
