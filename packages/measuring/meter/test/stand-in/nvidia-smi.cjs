// A stand-in for nvidia-smi: the same flags, real timing, known signals. What it plays is read from nvidia-smi.json beside it.
// Its dialects are written by hand. Which fields each generation has, which cells are [N/A] and that power.draw is the
// one-second mean on Hopper and Ada but the instant value on Turing was read from outputs of drivers 590 to 610 on RTX 2080,
// L40S, RTX 4080, H100 and H200 (with MIG and without) that the nvidia_gpu_exporter project publishes; the older driver
// and the messages follow the manual page and public bug reports. None is a recording of a GPU of ours.
const { readFileSync, writeSync } = require("node:fs");
const { join } = require("node:path");

const play = JSON.parse(readFileSync(join(__dirname, "nvidia-smi.json"), "utf8"));
const args = process.argv.slice(2);
const print = (text) => writeSync(1, text);
const flag = (name) => args.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
const after = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const query = flag("--query-gpu")?.split(",");
const processQuery = flag("--query-compute-apps")?.split(",");
const periodMs = after("-lms") === undefined ? null : Number(after("-lms"));
const startedMs = Date.now();

/** What sets a generation apart; `mean`: power.draw is the one-second mean. */
const DIALECTS = {
  recent: { driver: "550.90.12" },
  hopper: { driver: "590.48.01", mean: true, mig: "Disabled" },
  mig: { driver: "590.48.01", mean: true, mig: "Enabled", absent: ["utilization.gpu"] },
  turing: { driver: "595.71.05", mig: "[N/A]", absent: ["power.draw.average"] },
  ada: { driver: "595.80", mean: true, mig: "[N/A]" },
  older: { driver: "450.80.02", mig: "[N/A]" },
};
const dialect = DIALECTS[play.dialect] ?? DIALECTS.recent;
const RECENT_ONLY = ["power.draw.instant", "power.draw.average"];
const KNOWN =
  "timestamp index uuid name driver_version power.draw memory.used memory.total utilization.gpu temperature.gpu clocks.sm power.limit pstate mig.mode.current";

function watts(atS) {
  const { kind, baseW = 100, peakW = 300, periodS = 1, atS: spikeS = 0, forS = 1, perS = 10 } = play.signal;
  if (kind === "square") return (((atS % periodS) + periodS) % periodS) * 2 < periodS ? baseW : peakW;
  if (kind === "ramp") return baseW + perS * atS;
  if (kind === "spike") return atS >= spikeS && atS < spikeS + forS ? peakW : baseW;
  return baseW;
}

/** Mean of the second before, as the driver's averaging fields give it. */
function meanWatts(atS) {
  const points = 100;
  let sum = 0;
  for (let point = 0; point < points; point++) sum += watts(atS - (point + 0.5) / points);
  return sum / points;
}

function timestamp(ms) {
  const date = new Date(ms);
  const two = (number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}/${two(date.getMonth() + 1)}/${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function decimal(value) {
  const text = value.toFixed(2);
  if (play.localised === "quoted") return `"${text.replace(".", ",")}"`;
  return play.localised === "bare" ? text.replace(".", ",") : text;
}

function line(gpu, nowMs) {
  const jumpMs =
    play.clockBackAfterMs !== undefined && nowMs - startedMs > play.clockBackAfterMs ? play.clockBackByMs : 0;
  const heldMs = play.sensorPeriodMs ? Math.floor(nowMs / play.sensorPeriodMs) * play.sensorPeriodMs : nowMs;
  const heldS = (heldMs - play.originMs) / 1000;
  const powerW = decimal(watts(heldS));
  const meanW = dialect.mean ? decimal(meanWatts(heldS)) : powerW;
  const absent = play.dialect === "absent" ? play.absentCell : null;
  const cells = {
    timestamp: timestamp(nowMs - jumpMs),
    index: String(gpu.index),
    uuid: gpu.uuid,
    name: gpu.name,
    driver_version: dialect.driver,
    "power.draw.instant": absent ?? powerW,
    "power.draw.average": absent ?? meanW,
    "power.draw": absent ?? meanW,
    "memory.used": absent ?? String(play.usedMiB),
    "memory.total": absent ?? "81559",
    "utilization.gpu": absent ?? "50",
    "temperature.gpu": absent ?? "41",
    "clocks.sm": absent ?? "1410",
    "power.limit": absent ?? "700.00",
    pstate: absent ?? "P0",
    "mig.mode.current": absent ?? dialect.mig ?? "Disabled",
  };
  for (const field of dialect.absent ?? []) cells[field] = "[N/A]";
  return `${query.map((field) => cells[field]).join(", ")}\n`;
}

function answer(nowMs, tick) {
  if (processQuery) return answerProcesses(nowMs, tick);
  if (play.garbageEvery && periodMs !== null && tick % play.garbageEvery === 1) {
    print('Unable to determine the device handle for GPU 0000:3B:00.0: "GPU is lost\n');
  }
  const wanted = after("-i");
  for (const gpu of play.gpus.filter(({ index, uuid }) => !wanted || wanted === uuid || wanted === String(index))) {
    print(line(gpu, nowMs));
  }
}

function answerProcesses(nowMs, tick) {
  if (play.processStream === "garbage" && periodMs !== null && tick === 0) print("Driver/library version mismatch\n");
  if (periodMs !== null && nowMs - startedMs < (play.processesAfterMs ?? 0)) return;
  for (const { pid, usedMiB } of play.processes) {
    const cells = { timestamp: timestamp(nowMs), pid, used_memory: usedMiB ?? play.absentCell };
    print(`${processQuery.map((field) => cells[field]).join(", ")}\n`);
  }
}

function printForever() {
  const zeros = "\0".repeat(65_536);
  const more = () => {
    while (process.stdout.write(zeros));
    process.stdout.once("drain", more);
  };
  process.stdout.on("error", () => process.exit(0));
  more();
}

function main() {
  if (play.endless === "all" || (play.endless === "stream" && periodMs !== null)) return printForever();
  if (play.hang === "all" || (play.hang === "stream" && periodMs !== null)) return setInterval(() => {}, 1000);
  if (play.processStream === "hangs" && processQuery && periodMs !== null) return setInterval(() => {}, 1000);
  if (play.dialect === "no-devices") {
    print("No devices were found\n");
    return process.exit(6);
  }
  if (play.dialect === "broken") {
    print("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n\n");
    return process.exit(9);
  }
  const known = [...KNOWN.split(" "), ...(play.dialect === "older" ? [] : RECENT_ONLY)];
  const refused =
    query?.find((field) => !known.includes(field)) ??
    (play.processStream === "refuses" ? processQuery?.find((field) => field === "timestamp") : undefined);
  if (refused) {
    print(`Field "${refused}" is not a valid field to query.\n\n`);
    return process.exit(2);
  }
  if (periodMs === null) return answer(Date.now(), 0);
  let tick = 0;
  let firstMs = startedMs;
  const step = () => {
    const nowMs = Date.now();
    if (play.processStream === "dies" && processQuery && tick === 2) return process.exit(11);
    if (play.dieAfterMs !== undefined && nowMs - startedMs > play.dieAfterMs && query) {
      if (play.cutLastLine) print(line(play.gpus[0], nowMs).slice(0, 30));
      process.stderr.write("Segmentation fault, so to speak\n");
      return process.exit(11);
    }
    answer(nowMs, tick++);
    setTimeout(step, Math.max(0, firstMs + tick * periodMs - Date.now()));
  };
  if (play.startPhaseMs === undefined) return step();
  const cycleMs = Math.max(1000, periodMs);
  const phaseMs = (play.startPhaseMs - (startedMs - play.originMs)) % cycleMs;
  firstMs += phaseMs < 0 ? phaseMs + cycleMs : phaseMs;
  setTimeout(step, firstMs - startedMs);
}

main();
