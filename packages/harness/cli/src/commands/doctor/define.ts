import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { listDevices, machineFacts } from "@petl/bench";
import { allTasks, defaultCacheDir } from "@petl/glue";
import { hostSampler, type Meter, openMeter, updatePeriod } from "@petl/meter";
import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import { section } from "../../terminal/section.js";
import { userDirectory } from "../../user-directory.js";

/** How long sensors are watched to tell how often they bring a new value. */
const watchMs = 2000;

/** Declares `bench doctor`. */
export function defineDoctor(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("doctor")
    .summary("what this machine has, and why not")
    .description("Says what this machine has: devices and why each can or cannot be used, sensors, caches, versions.")
    .action(async () => {
      const meter = await openMeter();
      const facts = await machineFacts(meter.gpu);
      const [devices, gpu, host] = await Promise.all([listDevices([userDirectory()]), gpuRows(meter), hostRows()]);
      const commit = facts.commit === null ? "not known" : `${facts.commit}${facts.dirty ? " with changes" : ""}`;
      console.log(
        [
          section("Machine", [
            ["Node", facts.node],
            ["System", `${facts.platform} ${facts.arch}`],
            ["Processor", `${facts.cpu}, ${facts.cores} cores`],
            ["Memory", `${(facts.hostMemoryBytes / 1e9).toFixed(1)} GB`],
            ["Commit", commit],
          ]),
          section(
            "Devices",
            devices.map(({ name, usable, reason }) => [name, usable ? "usable" : "not usable", reason]),
          ),
          section("GPU", gpu),
          section("Host sensors", host),
          section("Caches", [dataRow(), hubRow()]),
        ].join("\n\n"),
      );
      finish(0);
    });
}

async function gpuRows(meter: Meter): Promise<string[][]> {
  if (meter.gpu === null) return [["none", meter.reason ?? ""]];
  const { name, uuid, driverVersion, memoryTotalBytes, powerLimitW, mig } = meter.gpu;
  await meter.start();
  await new Promise((resolve) => setTimeout(resolve, watchMs));
  const period = updatePeriod(await meter.stop());
  return [
    ["Name", `${name}, ${uuid ?? "no uuid"}`],
    ["Driver", driverVersion ?? "not known"],
    ["Memory", memoryTotalBytes === null ? "not known" : `${(memoryTotalBytes / 1e9).toFixed(1)} GB`],
    ["Power limit", powerLimitW === null ? "not known" : `${powerLimitW} W`],
    ["MIG", mig === null ? "not offered" : mig ? "on: power is that of all slices together" : "off"],
    ["Energy counter", meter.counter.reason === null ? "readable" : `not readable: ${meter.counter.reason}`],
    ["Sampled fields", meter.fields.join(", ")],
    [
      "Update period",
      period.value === null ? `not known: ${period.reason}` : `${(period.value.periodS * 1000).toFixed(0)} ms`,
    ],
  ];
}

async function hostRows(): Promise<string[][]> {
  const sampler = hostSampler(process.pid);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const { memory, energy } = await sampler.stop();
  return [
    ["Peak memory", memory.value === null ? `not readable: ${memory.reason}` : "readable"],
    ["Energy (RAPL)", energy.value === null ? `not readable: ${energy.reason}` : "readable"],
  ];
}

function dataRow(): string[] {
  const directory = defaultCacheDir();
  const there = allTasks.filter(({ folder }) => existsSync(join(directory, folder))).map(({ name }) => name);
  return ["GLUE", directory, there.length === 0 ? "empty" : there.join(", ")];
}

function hubRow(): string[] {
  const { HF_HUB_CACHE, HF_HOME } = process.env;
  const directory = HF_HUB_CACHE || join(HF_HOME || join(homedir(), ".cache", "huggingface"), "hub");
  const models = existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith("models--")) : [];
  const names = models.map((name) => name.slice("models--".length).replace("--", "/"));
  return ["Hugging Face", directory, names.length === 0 ? "no models" : names.join(", ")];
}
