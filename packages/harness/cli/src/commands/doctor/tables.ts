import { section } from "../../terminal/section.js";
import type { Machine, Sensor } from "./examine.js";

/** What a machine offers, as sections for a terminal. */
export function doctorTables(machine: Machine): string {
  const { node, system, cpu, memory, commit, dirty, devices, gpus, sensors, caches } = machine;
  return [
    section("Machine", [
      ["Node", node],
      ["System", `${system.platform} ${system.arch}`],
      ["Processor", `${cpu.model}, ${cpu.cores} cores`],
      ["Memory", gigabytes(memory.totalBytes)],
      ["Commit", commit === null ? "not known" : `${commit}${dirty ? " with changes" : ""}`],
    ]),
    section(
      "Devices",
      devices.map(({ name, usable, reason }) => [name, usable ? "usable" : "not usable", reason]),
    ),
    ...(gpus.length === 0 ? [] : [section("Matrix products on each GPU", gpus.flatMap(productRows))]),
    section("GPU", gpuRows(machine)),
    section("Host sensors", [
      ["Peak memory", sensorText(sensors.hostMemory)],
      ["Energy (RAPL)", sensorText(sensors.hostEnergy)],
      ["Load", sensorText(sensors.hostLoad)],
    ]),
    section("Caches", [
      ["GLUE", caches.glue.directory, caches.glue.tasks.join(", ") || "empty"],
      ["Hugging Face", caches.hub.directory, caches.hub.models.join(", ") || "no models"],
    ]),
  ].join("\n\n");
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
const sensorText = ({ readable, reason }: Sensor): string => (readable ? "readable" : `not readable: ${reason}`);

function productRows({ name, features, precisions }: Machine["gpus"][number]): string[][] {
  return [
    [name, features.join(", ") || "neither shader-f16 nor matrix units"],
    ...precisions.map((each) => [`--precision ${each.name}`, each.usable ? each.reason : `not usable: ${each.reason}`]),
  ];
}

function gpuRows({ gpu, gpuReason, sensors }: Machine): string[][] {
  if (gpu === null || sensors.gpu === null) return [["none", gpuReason ?? ""]];
  const { name, uuid, driverVersion, memoryTotalBytes, powerLimitW, mig } = gpu;
  const { fields, updatePeriodS, updatePeriodReason, energyCounter } = sensors.gpu;
  return [
    ["Name", `${name}, ${uuid ?? "no uuid"}`],
    ["Driver", driverVersion ?? "not known"],
    ["Memory", memoryTotalBytes === null ? "not known" : gigabytes(memoryTotalBytes)],
    ["Power limit", powerLimitW === null ? "not known" : `${powerLimitW} W`],
    ["MIG", mig === null ? "not offered" : mig ? "on: power is that of all slices together" : "off"],
    ["Energy counter", sensorText(energyCounter)],
    ["Sampled fields", fields.join(", ")],
    [
      "Update period",
      updatePeriodS === null ? `not known: ${updatePeriodReason}` : `${(updatePeriodS * 1000).toFixed(0)} ms`,
    ],
  ];
}
